#include "store/postgres/postgres_store.h"

#include <mutex>

#include "base/check.h"
#include "store/checksum.h"
#include "store/postgres/pq.h"
#include "store/postgres/schema.h"

namespace fenming {
namespace {

constexpr std::int64_t records_at_once = 1'000, batches_at_once = 256, rows_at_once = 1'000;
constexpr std::size_t rows_in_statement = 10'000;

std::uint64_t unsigned_of(std::int64_t value) { return static_cast<std::uint64_t>(value); }
std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }

std::unexpected<Error> refuse(Code code, std::string value) {
  return std::unexpected(Error{code, "", std::move(value), {}});
}

// One connection and who uses it now.
struct Line {
  explicit Line(PqConnection made) : connection(std::move(made)) {}
  std::mutex mutex;
  PqConnection connection;
};

// Whether what the server commits now waits for the disk of a standby. Asked of the connection that commits: a role may have its own
// settings.
Result<void> require_standby(PqConnection& connection) {
  const auto rows = connection.run(
      "SELECT current_setting('synchronous_standby_names'), current_setting('synchronous_commit'), "
      "current_setting('max_wal_senders')::bigint");
  if (!rows) return std::unexpected(rows.error());
  const std::string_view names = rows->text(0, 0), commit = rows->text(0, 1);
  const bool senders = rows->integer(0, 2) > 0;  // without any the server never waits, whatever the rest says
  if (!names.empty() && senders && (commit == "on" || commit == "remote_apply")) return {};
  return std::unexpected(Error{Code::store_no_standby, "", std::string(names), {std::string(commit)}});
}

// After a commit: not warned ("canceling wait for synchronous replication": committed here, not there), and the settings, which may have
// been changed since they were asked for, still as they must be.
Result<void> confirmed_there(PqConnection& connection, const PostgresOptions& options) {
  if (connection.warned()) return refuse(Code::store_failed, "the standby has not confirmed");
  if (!options.needs_standby) return {};
  return require_standby(connection);
}

// A column of `rows` from `begin` to `end` as an array.
std::string column_array(const ViewRows& rows, ViewTable table, std::size_t column, std::size_t begin,
                         std::size_t end) {
  PqArray array;
  for (std::size_t i = begin; i < end; ++i)
    std::visit([&array](const auto& value) { array.add(value); }, rows.row(table, i)[column]);
  return array.take();
}

class PostgresStore final : public Store {
 public:
  PostgresStore(PostgresOptions options, std::uint64_t epoch, PqConnection writer, PqConnection follower,
                PqConnection reader)
      : options_(std::move(options)),
        epoch_(epoch),
        writer_(std::move(writer)),
        follower_(std::move(follower)),
        reader_(std::move(reader)) {}

  Result<Head> head() override {
    const std::lock_guard lock(writer_.mutex);
    if (doubt_) {
      if (auto settled = settle_doubt(); !settled) return std::unexpected(settled.error());
    }
    return read_head();
  }

  Result<Head> append(std::span<const NewRecord> records, const Head& expected) override {
    const std::lock_guard lock(writer_.mutex);
    if (doubt_)
      return refuse(Code::store_failed, "the outcome of an earlier append is not known; read the head");
    if (records.empty() || expected.epoch != epoch_) {
      const auto now = read_head();
      if (now && now->epoch != epoch_) return lost(now->epoch);
      if (now && *now != expected) return moved(*now);
      return now;
    }
    const Batch batch = make_batch(records, expected);
    auto written = write(records, batch, expected);
    if (!written) {
      // Whatever the server made of it: undone, also when the connection is gone.
      if (!writer_.connection.script("ROLLBACK")) writer_.connection.reset(options_.schema);
      return std::unexpected(written.error());
    }
    writer_.connection.forget_warning();
    if (auto committed = writer_.connection.script("COMMIT"); !committed) {
      const bool server_says_no = !committed.error().details.front().empty() && writer_.connection.is_alive();
      if (server_says_no) return std::unexpected(committed.error());
      return in_doubt(committed.error().value);
    }
    if (!confirmed_there(writer_.connection, options_)) return in_doubt("the standby has not confirmed");
    return Head{batch.first + batch.count - 1, batch.root, epoch_};
  }

  Result<void> read(std::uint64_t first, const TakeRecord& take, std::uint64_t count_max) override {
    for (std::uint64_t position = std::max<std::uint64_t>(first, 1); count_max > 0;) {
      const std::int64_t count = signed_of(std::min(unsigned_of(records_at_once), count_max));
      const auto rows = ask("SELECT pos, record FROM journal WHERE pos >= $1 ORDER BY pos LIMIT $2",
                            PqParameters().integer(position).integer(count));
      if (!rows) return std::unexpected(rows.error());
      for (int i = 0; i < rows->count(); ++i, ++position) {
        if (unsigned_of(rows->integer(i, 0)) != position)
          return refuse(Code::store_damaged, "record " + std::to_string(position));
        if (!take(position, rows->bytes(i, 1))) return {};
      }
      if (rows->count() < count) return {};
      count_max -= unsigned_of(count);
    }
    return {};
  }

  Result<void> read_batches(std::uint64_t from_position, const TakeBatch& take) override {
    for (std::uint64_t from = from_position;;) {
      const auto rows =
          ask("SELECT first, count, batch_root, root, leaf_heads FROM batch WHERE first >= coalesce((SELECT "
              "max(first) FROM batch WHERE first <= $1), 0) ORDER BY first LIMIT $2",
              PqParameters().integer(from).integer(batches_at_once));
      if (!rows) return std::unexpected(rows.error());
      for (int i = 0; i < rows->count(); ++i) {
        const Batch batch{unsigned_of(rows->integer(i, 0)), unsigned_of(rows->integer(i, 1)),
                          to_digest(rows->bytes(i, 2)), to_digest(rows->bytes(i, 3)), rows->bytes(i, 4)};
        if (batch.first + batch.count <= from) continue;
        if (!take(batch)) return {};
        from = batch.first + batch.count;
      }
      if (rows->count() < batches_at_once) return {};
    }
  }

  Result<Digest> put_artifact(std::string_view bytes) override {
    const Digest digest = sm3(bytes);
    auto done = insert_as_owner("artifact", "$2, $3", "DO NOTHING",
                                PqParameters().integer(epoch_).bytes(bytes_of(digest)).bytes(bytes));
    if (!done) return std::unexpected(done.error());
    return digest;
  }

  Result<std::string> artifact(const Digest& digest) override {
    const auto rows =
        ask("SELECT bytes FROM artifact WHERE digest = $1", PqParameters().bytes(bytes_of(digest)));
    if (!rows) return std::unexpected(rows.error());
    if (rows->count() == 0) return refuse(Code::store_no_artifact, to_hex(bytes_of(digest)));
    std::string bytes = rows->bytes(0, 0);
    if (sm3(bytes) != digest) return refuse(Code::store_damaged, "artifact " + to_hex(bytes_of(digest)));
    return bytes;
  }

  Result<void> put_signed_head(const SignedHead& head) override {
    PqParameters parameters;
    parameters.integer(epoch_).integer(head.position).bytes(bytes_of(head.root));
    parameters.integer(head.time.ms).bytes(head.signature);
    return insert_as_owner("signed_head", "$2::bigint, $3, $4::bigint, $5",
                           "(pos) DO UPDATE SET root = excluded.root, time = excluded.time, signature = "
                           "excluded.signature",
                           parameters);
  }

  Result<std::vector<SignedHead>> signed_heads(std::uint64_t from_position, std::size_t count_max) override {
    const auto rows =
        ask("SELECT pos, root, time, signature FROM signed_head WHERE pos >= $1 ORDER BY pos LIMIT $2",
            PqParameters().integer(from_position).integer(std::uint64_t{count_max}));
    if (!rows) return std::unexpected(rows.error());
    std::vector<SignedHead> heads;
    for (int i = 0; i < rows->count(); ++i)
      heads.push_back({unsigned_of(rows->integer(i, 0)), to_digest(rows->bytes(i, 1)),
                       Instant{rows->integer(i, 2)}, rows->bytes(i, 3)});
    return heads;
  }

  Result<std::uint64_t> watermark() override {
    const auto rows = ask("SELECT watermark FROM meta", {});
    if (!rows) return std::unexpected(rows.error());
    return unsigned_of(rows->integer(0, 0));
  }

  Result<void> write_views(const ViewBatch& batch) override {
    return in_transaction([&]() -> Result<void> {
      if (auto follows = move_watermark(batch.after, batch.watermark); !follows) return follows;
      for (std::size_t t = 0; t < view_table_count; ++t)
        if (auto done = insert_rows(batch.rows, static_cast<ViewTable>(t)); !done) return done;
      return insert_state(batch.state);
    });
  }

  Result<void> drop_views() override {
    return in_transaction([&]() -> Result<void> {
      if (auto done = follow("UPDATE meta SET watermark = 0", {}); !done) return done;
      if (auto owner = still_owner(); !owner) return owner;
      return follow("TRUNCATE state, " + view_table_list(), {});
    });
  }

  Result<std::optional<Found>> find(const MessageKey& key) override {
    const auto rows = ask("SELECT pos, kind FROM message WHERE provider = $1 AND msgid = $2 AND infno = $3",
                          PqParameters().text(key.provider).text(key.msgid).text(key.infno));
    if (!rows) return std::unexpected(rows.error());
    if (rows->count() == 0) return std::nullopt;
    return Found{unsigned_of(rows->integer(0, 0)), static_cast<std::uint8_t>(rows->integer(0, 1))};
  }

  Result<std::string> newest_message(const std::string& provider) override {
    const auto rows = ask("SELECT msgid FROM message WHERE provider = $1 ORDER BY msgid DESC LIMIT 1",
                          PqParameters().text(provider));
    if (!rows) return std::unexpected(rows.error());
    return rows->count() == 0 ? std::string() : std::string(rows->text(0, 0));
  }

  Result<std::vector<StateRow>> state(std::span<const std::string> objects) override {
    PqArray array;
    for (const std::string& object : objects) array.add(std::string_view(object));
    const auto rows = ask(
        "SELECT o.object, coalesce(s.bytes, ''), coalesce(s.pos, 0), coalesce(s.checksum, 0) FROM "
        "unnest($1::text[]) WITH ORDINALITY AS o(object, n) LEFT JOIN state s ON s.object = o.object ORDER "
        "BY o.n",
        PqParameters().array(array.take()));
    if (!rows) return std::unexpected(rows.error());
    std::vector<StateRow> found;
    for (int i = 0; i < rows->count(); ++i) {
      found.push_back({std::string(rows->text(i, 0)), rows->bytes(i, 1), unsigned_of(rows->integer(i, 2))});
      const StateRow& row = found.back();
      if (!row.bytes.empty() && rows->integer(i, 3) != state_checksum64(row.object, row.bytes, row.position))
        return refuse(Code::store_damaged, "state of " + row.object);
    }
    return found;
  }

  Result<void> rows(ViewTable table, std::span<const ViewCell> from, const TakeRow& take) override {
    const ViewTableInfo& about = info(table);
    ViewRows kept;
    std::vector<ViewCell> key(from.begin(), from.end()), row;
    for (bool after = false;; after = true) {
      const auto page = next_page(table, key, after);
      if (!page) return std::unexpected(page.error());
      for (int i = 0; i < page->count(); ++i) {
        row.clear();
        for (std::size_t c = 0; c < about.columns.size(); ++c) {
          const int column = static_cast<int>(c);
          if (about.columns[c].type == ViewColumn::Type::integer)
            row.emplace_back(page->integer(i, column));
          else
            row.emplace_back(page->text(i, column));
        }
        if (!take(row)) return {};
      }
      if (page->count() < rows_at_once) return {};
      ViewRows next;
      key.clear();
      for (const ViewCell& cell : std::span(row).first(about.key_columns))
        key.push_back(cell.index() == 0 ? cell : ViewCell(next.keep(std::get<std::string_view>(cell))));
      kept = std::move(next);
    }
  }

  Result<void> backup(const std::string& folder) override {
    return copy_out(options_.connection, options_.schema, folder);
  }

 private:
  std::unexpected<Error> moved(const Head& now) const {
    return refuse(Code::store_moved, std::to_string(now.position));
  }

  static std::unexpected<Error> lost(std::uint64_t epoch) {
    return refuse(Code::store_lost, std::to_string(epoch));
  }

  std::unexpected<Error> in_doubt(const std::string& why) {
    doubt_ = true;
    return refuse(Code::store_unknown, why);
  }

  Result<Head> read_head() {
    const auto rows = writer_.connection.run("SELECT pos, root, epoch FROM head");
    if (!rows) {
      writer_.connection.reset(options_.schema);
      return std::unexpected(rows.error());
    }
    return Head{unsigned_of(rows->integer(0, 0)), to_digest(rows->bytes(0, 1)),
                unsigned_of(rows->integer(0, 2))};
  }

  // The update waits for whoever still holds the row, also for a commit that nobody waits for any more; being durable itself, so is
  // what came before it.
  Result<void> settle_doubt() {
    if (!writer_.connection.is_alive() && !writer_.connection.reset(options_.schema))
      return refuse(Code::store_failed, "PostgreSQL cannot be reached");
    if (options_.needs_standby)
      if (auto standby = require_standby(writer_.connection); !standby) return standby;
    writer_.connection.forget_warning();
    const auto touched = writer_.connection.run("UPDATE head SET pos = pos");
    if (!touched) return std::unexpected(touched.error());
    if (auto there = confirmed_there(writer_.connection, options_); !there) return there;
    doubt_ = false;
    return {};
  }

  Result<void> write(std::span<const NewRecord> records, const Batch& batch, const Head& expected) {
    PqConnection& to = writer_.connection;
    if (!to.is_alive()) to.reset(options_.schema);
    if (options_.needs_standby)
      if (auto standby = require_standby(to); !standby) return standby;
    if (auto begun = to.script("BEGIN"); !begun) return begun;
    PqParameters head;
    head.integer(batch.first + batch.count - 1).bytes(bytes_of(batch.root)).integer(expected.position);
    head.bytes(bytes_of(expected.root)).integer(epoch_);
    const auto advanced = to.run(
        "UPDATE head SET pos = $1, root = $2 WHERE pos = $3 AND root = $4 AND epoch = $5 RETURNING pos",
        head);
    if (!advanced) return std::unexpected(advanced.error());
    if (advanced->count() == 0) {
      const auto now = to.run("SELECT pos, epoch FROM head");
      if (now && unsigned_of(now->integer(0, 1)) != epoch_) return lost(unsigned_of(now->integer(0, 1)));
      return refuse(Code::store_moved, now ? std::string(now->text(0, 0)) : "");
    }
    PqArray positions, bytes;
    for (std::size_t i = 0; i < records.size(); ++i) {
      positions.add(signed_of(batch.first + i));
      bytes.add_bytes(records[i].bytes);
    }
    const auto inserted = to.run("INSERT INTO journal SELECT * FROM unnest($1::bigint[], $2::bytea[])",
                                 PqParameters().array(positions.take()).array(bytes.take()));
    if (!inserted) return std::unexpected(inserted.error());
    PqParameters parameters;
    parameters.integer(batch.first).integer(batch.count).bytes(bytes_of(batch.batch_root));
    parameters.bytes(bytes_of(batch.root)).bytes(batch.leaf_heads);
    const auto noted = to.run("INSERT INTO batch VALUES($1, $2, $3, $4, $5)", parameters);
    if (!noted) return std::unexpected(noted.error());
    return {};
  }

  Result<PqRows> ask(const std::string& sql, const PqParameters& parameters) {
    const std::lock_guard lock(reader_.mutex);
    if (!reader_.connection.is_alive()) reader_.connection.reset(options_.schema);
    return reader_.connection.run(sql, parameters);
  }

  Result<void> follow(const std::string& sql, const PqParameters& parameters) {
    const auto done = follower_.connection.run(sql, parameters);
    if (!done) return std::unexpected(done.error());
    return {};
  }

  // The row stays locked until the transaction ends: of two followers the second finds the watermark moved. The epoch is read after that.
  Result<void> move_watermark(std::uint64_t after, std::uint64_t watermark) {
    const auto moved =
        follower_.connection.run("UPDATE meta SET watermark = $1 WHERE watermark = $2 RETURNING watermark",
                                 PqParameters().integer(watermark).integer(after));
    if (!moved) return std::unexpected(moved.error());
    if (auto owner = still_owner(); !owner || moved->count() == 1) return owner;
    const auto stands = follower_.connection.run("SELECT watermark FROM meta");
    if (!stands) return std::unexpected(stands.error());
    return refuse(Code::store_moved, std::string(stands->text(0, 0)));
  }

  Result<void> still_owner() {
    const auto epoch = follower_.connection.run("SELECT epoch FROM head");
    if (!epoch) return std::unexpected(epoch.error());
    if (unsigned_of(epoch->integer(0, 0)) != epoch_) return lost(unsigned_of(epoch->integer(0, 0)));
    return {};
  }

  // $1 is the epoch. What was there already counts as inserted.
  Result<void> insert_as_owner(const std::string& table, const std::string& values,
                               const std::string& on_conflict, const PqParameters& parameters) {
    const std::lock_guard lock(writer_.mutex);
    const auto owner = writer_.connection.run(
        "WITH owner AS (SELECT 1 FROM head WHERE epoch = $1), put AS (INSERT INTO " + table + " SELECT " +
            values + " FROM owner ON CONFLICT " + on_conflict + ") SELECT epoch, epoch = $1 FROM head",
        parameters);
    if (!owner) return std::unexpected(owner.error());
    if (owner->text(0, 1) != "t") return lost(unsigned_of(owner->integer(0, 0)));
    return {};
  }

  template <class Work>
  Result<void> in_transaction(Work work) {
    const std::lock_guard lock(follower_.mutex);
    if (!follower_.connection.is_alive()) follower_.connection.reset(options_.schema);
    auto done = follower_.connection.script("BEGIN");
    if (done) done = work();
    if (done) done = follower_.connection.script("COMMIT");
    if (!done && !follower_.connection.script("ROLLBACK")) follower_.connection.reset(options_.schema);
    return done;
  }

  Result<void> insert_rows(const ViewRows& rows, ViewTable table) {
    const std::string sql = upsert_sql(table);
    for (std::size_t begin = 0; begin < rows.count(table); begin += rows_in_statement) {
      const std::size_t end = std::min(begin + rows_in_statement, rows.count(table));
      PqParameters parameters;
      for (std::size_t c = 0; c < info(table).columns.size(); ++c)
        parameters.array(column_array(rows, table, c, begin, end));
      if (auto done = follow(sql, parameters); !done) return done;
    }
    return {};
  }

  Result<void> insert_state(std::span<const StateRow> state) {
    PqArray objects, bytes, positions, checksums, gone;
    for (const StateRow& row : state) {
      if (row.bytes.empty()) {
        gone.add(std::string_view(row.object));
        continue;
      }
      objects.add(std::string_view(row.object));
      bytes.add_bytes(row.bytes);
      positions.add(signed_of(row.position));
      checksums.add(state_checksum64(row.object, row.bytes, row.position));
    }
    PqParameters parameters;
    parameters.array(objects.take()).array(bytes.take()).array(positions.take()).array(checksums.take());
    if (auto done = follow(
            "INSERT INTO state SELECT * FROM unnest($1::text[], $2::bytea[], $3::bigint[], $4::bigint[]) ON "
            "CONFLICT (object) DO UPDATE SET bytes = excluded.bytes, pos = excluded.pos, checksum = "
            "excluded.checksum",
            parameters);
        !done)
      return done;
    return follow("DELETE FROM state WHERE object = ANY($1::text[])", PqParameters().array(gone.take()));
  }

  Result<PqRows> next_page(ViewTable table, std::span<const ViewCell> key, bool after) {
    PqParameters parameters;
    for (const ViewCell& cell : key) {
      if (const auto* text = std::get_if<std::string_view>(&cell))
        parameters.text(*text);
      else
        parameters.integer(std::get<std::int64_t>(cell));
    }
    return ask(page_sql(table, key.size(), after, rows_at_once), parameters);
  }

  PostgresOptions options_;
  std::uint64_t epoch_;
  Line writer_, follower_, reader_;
  bool doubt_ = false;  // guarded by writer_.mutex
};

}  // namespace

Result<std::unique_ptr<Store>> open_postgres(const PostgresOptions& options) {
  std::vector<PqConnection> connections;
  for (int i = 0; i < 3; ++i) {
    auto connection = PqConnection::open(options.connection);
    if (!connection) return std::unexpected(connection.error());
    if (i == 0 && options.needs_standby)
      if (auto standby = require_standby(*connection); !standby) return std::unexpected(standby.error());
    if (i == 0)
      if (auto made = make_schema(*connection, options.schema); !made) return std::unexpected(made.error());
    if (auto chosen = choose_schema(*connection, options.schema); !chosen)
      return std::unexpected(chosen.error());
    connections.push_back(*std::move(connection));
  }
  connections[0].forget_warning();
  const auto epoch = connections[0].run("UPDATE head SET epoch = epoch + 1 RETURNING epoch");
  if (!epoch) return std::unexpected(epoch.error());
  // It is durable, and so is what lies before it.
  if (auto there = confirmed_there(connections[0], options); !there) return std::unexpected(there.error());
  return std::make_unique<PostgresStore>(options, unsigned_of(epoch->integer(0, 0)),
                                         std::move(connections[0]), std::move(connections[1]),
                                         std::move(connections[2]));
}

}  // namespace fenming
