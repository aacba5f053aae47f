#include "server/line_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace fenming {

namespace {

constexpr auto pause = std::chrono::milliseconds(100);
constexpr std::size_t waiting_max = 200'000;  // lines; more are counted as lost
constexpr mode_t owner_only = 0600;

// Appended as a whole, or nothing is known of it.
bool append(const std::string& file, std::string_view text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, owner_only);
  if (fd < 0) return false;
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::close(fd) == 0 && text.empty();
}

// The last line of a file with its end, if it has one.
std::string last_line(const std::filesystem::path& file) {
  constexpr std::uintmax_t line_max = 64 << 10;
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (error) return {};
  std::ifstream in(file, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(size > line_max ? size - line_max : 0));
  std::ostringstream out;
  out << in.rdbuf();
  std::string tail = out.str();
  if (tail.size() < 2) return tail;
  const std::size_t before = tail.rfind('\n', tail.size() - 2);
  return before == std::string::npos ? tail : tail.substr(before + 1);
}

}  // namespace

Result<std::unique_ptr<LineLog>> LineLog::open(std::string folder, std::string name) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return std::unexpected(Error{Code::file_unwritable, "", folder, {error.message()}});
  std::unique_ptr<LineLog> log(new LineLog(std::move(folder), std::move(name)));
  if (auto fault = log->resume()) return std::unexpected(std::move(*fault));
  log->thread_ = std::thread([raw = log.get()] { raw->run(); });
  return log;
}

LineLog::~LineLog() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::optional<Error> LineLog::resume() {
  const std::string probe = fmt::format("{}/.{}-{}", folder_, name_, ::getpid());
  if (!append(probe, "writable\n")) return Error{Code::file_unwritable, "", folder_, {std::strerror(errno)}};
  std::error_code error;
  std::filesystem::remove(probe, error);
  std::string newest;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error))
    if (const std::string file = entry.path().filename().string();
        file.starts_with(name_ + "-") && file.ends_with(".ndjson"))
      newest = std::max(newest, file);
  if (error) return Error{Code::file_unwritable, "", folder_, {error.message()}};
  if (newest.empty()) return std::nullopt;
  std::string line = last_line(std::filesystem::path(folder_) / newest);
  if (line.empty()) return std::nullopt;
  if (line.back() != '\n') {
    torn_file_ = newest;
    line += '\n';
  }
  last_ = sm3(line);
  if (const std::size_t at = line.rfind(",\"n\":"); at != std::string::npos)
    number_ = std::strtoull(line.c_str() + at + 5, nullptr, 10);
  return std::nullopt;
}

void LineLog::add(Instant time, std::string json) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= waiting_max)
    ++lost_;
  else
    waiting_.emplace_back(time, std::move(json));
}

void LineLog::flush() {
  std::unique_lock lock(mutex_);
  wake_.notify_all();
  idle_.wait(lock, [&] { return waiting_.empty() && !busy_; });
}

std::uint64_t LineLog::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

void LineLog::run() {
  std::unique_lock lock(mutex_);
  while (!stop_ || !waiting_.empty()) {
    if (waiting_.empty()) wake_.wait_for(lock, pause);
    if (waiting_.empty()) continue;
    const auto lines = std::move(waiting_);
    waiting_.clear();
    busy_ = true;
    lock.unlock();
    write(lines);
    lock.lock();
    busy_ = false;
    idle_.notify_all();
    if (!stop_) wake_.wait_for(lock, pause);  // the next lines in one go
  }
}

void LineLog::write(const std::vector<std::pair<Instant, std::string>>& lines) {
  std::map<std::string, std::string> texts;  // by file
  for (const auto& [time, json] : lines) {
    std::string line =
        fmt::format("{},\"n\":{},\"after\":\"{}\"}}\n", json, ++number_, to_hex(bytes_of(last_)));
    last_ = sm3(line);
    texts[fmt::format("{}/{}-{}.ndjson", folder_, name_, to_text(civil_day(time)))] += line;
  }
  if (!torn_file_.empty() && append(folder_ + "/" + torn_file_, "\n")) torn_file_.clear();
  for (const auto& [file, text] : texts) {
    if (append(file, text)) continue;
    const std::lock_guard lock(mutex_);
    lost_ += static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  }
}

}  // namespace fenming
