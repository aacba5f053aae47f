#include "server/line_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>

namespace fenming {

namespace {

constexpr auto pause = std::chrono::milliseconds(100);
constexpr std::size_t waiting_max = 200'000;  // lines; more are counted as lost

}  // namespace

Result<std::unique_ptr<LineLog>> LineLog::open(std::string folder, std::string name) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return std::unexpected(Error{Code::file_unwritable, "", folder, {error.message()}});
  std::unique_ptr<LineLog> log(new LineLog(std::move(folder), std::move(name)));
  log->thread_ = std::thread([raw = log.get()] { raw->run(); });
  return log;
}

LineLog::~LineLog() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
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
  for (const auto& [file, text] : texts) {
    std::ofstream out(file, std::ios::binary | std::ios::app);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.flush();
    if (out) continue;
    const std::lock_guard lock(mutex_);
    lost_ += static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  }
}

}  // namespace fenming
