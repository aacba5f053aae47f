// backup, restore, export.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "cli/store_commands.h"
#include "cli/store_desk.h"
#include "store/embedded/embedded_store.h"

namespace fenming {
namespace {

// RFC 4180: a text is quoted when it must be.
void append_csv(std::string& out, const ViewCell& cell) {
  if (const auto* number = std::get_if<std::int64_t>(&cell)) {
    out += std::to_string(*number);
    return;
  }
  const std::string_view text = std::get<std::string_view>(cell);
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

Result<std::uint64_t> export_table(Store& store, ViewTable table, const std::filesystem::path& path) {
  std::ofstream file(path, std::ios::binary);
  std::string text;
  for (const ViewColumn& column : info(table).columns)
    text += (text.empty() ? "" : ",") + std::string(column.name);
  text += "\r\n";
  std::uint64_t count = 0;
  const auto done = store.rows(table, {}, [&](std::span<const ViewCell> row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += ',';
      append_csv(text, row[i]);
    }
    text += "\r\n";
    ++count;
    if (text.size() < 1 << 20) return true;
    file << text;
    text.clear();
    return static_cast<bool>(file);
  });
  if (!done) return std::unexpected(done.error());
  file << text;
  file.close();
  if (!file)
    return std::unexpected(Error{Code::store_failed, path.filename().string(), path.filename().string(), {}});
  return count;
}

}  // namespace

int backup_command(Terminal& terminal, const StoreOptions& options) {
  auto store = open_store(options.store);
  if (!store) return terminal.refuse(store.error());
  if (const auto done = (*store)->backup(options.to); !done) return terminal.refuse(done.error());
  const auto head = (*store)->head();
  if (!head) return terminal.refuse(head.error());
  terminal.out << fmt::format(
      fmt::runtime(terminal.say("已备份至位置 {}，根 {}\n", "backed up to position {}, root {}\n")),
      head->position, to_hex(bytes_of(head->root)));
  return exit_ok;
}

int restore_command(Terminal& terminal, const StoreOptions& options) {
  const auto report = restore_embedded(options.store, options.to);
  if (!report) return terminal.refuse(report.error());
  terminal.out << fmt::format(fmt::runtime(terminal.say("已恢复并核对：位置 {}，根 {}\n",
                                                        "restored and verified: position {}, root {}\n")),
                              report->head.position, to_hex(bytes_of(report->head.root)));
  return exit_ok;
}

int export_command(Terminal& terminal, const StoreOptions& options) {
  auto store = open_store(options.store);
  if (!store) return terminal.refuse(store.error());
  auto desk = open_desk(std::move(*store));
  if (!desk) return terminal.refuse(desk.error());
  if (const auto caught = (*desk)->catch_up(); !caught) return terminal.refuse(caught.error());
  std::error_code failed;
  std::filesystem::create_directories(options.to, failed);
  for (std::size_t t = 0; t < view_table_count; ++t) {
    const auto table = static_cast<ViewTable>(t);
    const std::string name = std::string(info(table).name) + ".csv";
    const auto count = export_table((*desk)->store(), table, std::filesystem::path(options.to) / name);
    if (!count) return terminal.refuse(count.error());
    terminal.out << fmt::format("{:<22}{:>12}\n", name, *count);
  }
  return exit_ok;
}

}  // namespace fenming
