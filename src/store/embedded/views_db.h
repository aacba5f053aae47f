// ViewsDb: views.db, the tables that people read. Every page carries a checksum; a state row has its own besides.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "store/embedded/database.h"
#include "store/embedded/embedded_store.h"
#include "store/embedded/rows_source.h"

namespace fenming {

const DatabaseKind& views_kind();

class ViewsDb {
 public:
  // Begins the file when it is absent.
  static Result<std::unique_ptr<ViewsDb>> open(const std::string& folder, const EmbeddedOptions& options);

  Result<std::uint64_t> watermark();
  Result<void> write(const ViewBatch& batch);
  Result<void> drop();
  Result<std::optional<Store::Found>> find(const MessageKey& key);
  Result<std::string> newest_message(const std::string& provider);
  Result<std::vector<StateRow>> state(std::span<const std::string> objects);
  Result<void> rows(ViewTable table, std::span<const ViewCell> from, const Store::TakeRow& take);
  Result<void> with_writer(const std::function<Result<void>(Connection&)>& use);  // as of JournalDb

 private:
  // Statements stand below their connection, so that they go first.
  struct Writer {
    Connection connection;
    std::unique_ptr<WalKeeper> keeper;
    std::array<Statement, view_table_count> insert;
    Statement put_state, remove_state, put_watermark, watermark;
  };
  struct Reader {
    Connection connection;
    Statement find, newest, state;
  };
  struct Page {  // some rows of a table, copied
    std::vector<std::string> texts;
    std::vector<ViewCell> cells;
    bool last = false;
  };

  ViewsDb(std::string path, EmbeddedOptions options) : path_(std::move(path)), options_(std::move(options)) {}
  Result<void> connect();
  Result<void> connect_writer();
  Result<void> connect_readers();
  Result<std::uint64_t> stored_watermark();  // with writer_mutex_ held
  Result<void> insert_rows(const ViewRows& rows);
  Result<void> insert_state(std::span<const StateRow> state);
  Result<Page> next_page(ViewTable table, std::span<const ViewCell> from, bool after);

  std::string path_;
  EmbeddedOptions options_;
  std::atomic<std::uint64_t> watermark_ = 0;
  std::atomic<bool> doubt_ = false;  // a commit failed: the file says whether it was made

  std::mutex writer_mutex_;  // guards source_ and writer_
  RowsSource source_;
  std::unique_ptr<Writer> writer_;  // absent after a drop that failed: the views are closed
  std::mutex reader_mutex_;
  std::unique_ptr<Reader> reader_;
  std::mutex rows_mutex_;
  std::unique_ptr<Reader> rows_reader_;
};

}  // namespace fenming
