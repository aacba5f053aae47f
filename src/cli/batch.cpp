#include "cli/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "base/digest.h"
#include "base/json_out.h"
#include "cli/files.h"
#include "cli/in_order.h"
#include "cli/terminal.h"

namespace fenming {
namespace {

constexpr std::size_t lines_per_piece = 64;
constexpr std::string_view answer_begin = "{\"bill\":", refusal_begin = "{\"line\":";

struct Done {  // what an earlier run left
  std::size_t lines = 0, refused = 0;
  std::uintmax_t bytes = 0;  // of complete lines
};

// A power cut may leave anything behind the last line that reached the disk: only what run_batch writes is kept.
bool is_answer(std::string_view line, std::size_t number) {
  if (!line.ends_with('}') || line.find('\0') != std::string_view::npos) return false;
  return line.starts_with(answer_begin) || line.starts_with(fmt::format("{}{},", refusal_begin, number));
}

Done count_done(std::string_view text) {
  Done done;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos || !is_answer(text.substr(at, end - at), done.lines + 1)) break;
    ++done.lines;
    if (text.substr(at).starts_with(refusal_begin)) ++done.refused;
    at = end + 1;
    done.bytes = at;
  }
  return done;
}

// Where the pieces begin, and the number of lines. A last line without end counts.
struct Pieces {
  std::vector<std::size_t> begins;
  std::size_t lines = 0;
};

Pieces cut(std::string_view text, std::size_t skip_lines) {
  Pieces pieces;
  for (std::size_t at = 0; at < text.size(); ++pieces.lines) {
    if (pieces.lines >= skip_lines && (pieces.lines - skip_lines) % lines_per_piece == 0)
      pieces.begins.push_back(at);
    const std::size_t end = text.find('\n', at);
    at = end == std::string_view::npos ? text.size() : end + 1;
  }
  return pieces;
}

struct PieceAnswer {
  std::string text;
  std::size_t lines = 0, refused = 0;
};

PieceAnswer answer_piece(std::string_view text, std::size_t begin, std::size_t first_number,
                         const Answerer& answer) {
  PieceAnswer result;
  for (std::size_t at = begin; at < text.size() && result.lines < lines_per_piece; ++result.lines) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    BatchAnswer answered = answer(line, first_number + result.lines);
    result.text += answered.json;
    result.text += '\n';
    if (answered.refused) ++result.refused;
    at = end + 1;
  }
  return result;
}

std::string state_text(std::string_view input, const BatchJob& job) {
  return fmt::format("fenming batch 1\ninput sm3:{}\nbasis sm3:{}\n", sm3_hex(input), sm3_hex(job.basis));
}

// Makes OUT ready to be appended to and says what is in it already.
Result<Done> prepare(std::string_view input, const BatchJob& job) {
  namespace fs = std::filesystem;
  const fs::path state_path = job.out.string() + ".state";
  const std::string state = state_text(input, job);
  std::error_code ignored;
  const bool has_out = fs::exists(job.out, ignored), has_state = fs::exists(state_path, ignored);
  if (!has_out) {
    if (auto error = write_file(state_path, state)) return std::unexpected(std::move(*error));
    return Done{};
  }
  if (!has_state)
    return std::unexpected(Error{Code::state_missing, "", job.out.string(), {state_path.string()}});
  const auto known = read_file(state_path);
  if (!known) return std::unexpected(known.error());
  if (*known != state) {
    const std::string_view input_line = std::string_view(state).substr(0, state.find("basis"));
    const bool same_input = known->starts_with(input_line);
    return std::unexpected(Error{Code::batch_differs,
                                 "",
                                 job.out.string(),
                                 {same_input ? "rules / catalogue / --lang / version" : "input"}});
  }
  const auto out = MappedFile::open(job.out);
  if (!out) return std::unexpected(out.error());
  const Done done = count_done(out->text());
  fs::resize_file(job.out, done.bytes, ignored);
  if (ignored)
    return std::unexpected(Error{Code::file_unwritable, "", job.out.string(), {ignored.message()}});
  return done;
}

}  // namespace

std::string refusal_json(std::size_t number, std::span<const Error> errors, Language language) {
  JsonOut json;
  json.open_object()
      .field("line", static_cast<std::int64_t>(number))
      .key("errors")
      .raw(errors_json(errors, language));
  return json.close_object().take();
}

Result<BatchCounts> run_batch(const BatchJob& job, const std::function<Answerer()>& make_answerer,
                              const std::function<void(std::size_t, std::size_t)>& progress) {
  const auto input = MappedFile::open(job.in);
  if (!input) return std::unexpected(input.error());
  const auto done = prepare(input->text(), job);
  if (!done) return std::unexpected(done.error());
  const Pieces pieces = cut(input->text(), done->lines);
  if (done->lines > pieces.lines)
    return std::unexpected(Error{Code::batch_differs, "", job.out.string(), {"lines"}});
  std::ofstream out(job.out, std::ios::binary | std::ios::app);
  BatchCounts counts{pieces.lines, done->lines, done->refused};
  std::size_t answered = done->lines;
  const auto make_worker = [&] {
    return [&, answer = make_answerer()](std::size_t piece) {
      return answer_piece(input->text(), pieces.begins[piece], done->lines + piece * lines_per_piece + 1,
                          answer);
    };
  };
  in_order(pieces.begins.size(), job.threads, make_worker, [&](std::size_t, const PieceAnswer& piece) {
    out << piece.text << std::flush;
    counts.refused += piece.refused;
    answered += piece.lines;
    progress(answered, pieces.lines);
    return out.good();
  });
  if (!out.good())
    return std::unexpected(Error{Code::file_unwritable, "", job.out.string(), {std::strerror(errno)}});
  return counts;
}

}  // namespace fenming
