// Batch: an answer line for every input line, in the same order, on several threads, restartable. Beside OUT
// stands OUT.state with the digest of the input and of what it is settled with; a run that finds both goes on
// behind the last sound line of OUT and ends with the same bytes as a run without interruption. OUT of
// another input is never touched.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "model/error.h"

namespace fenming {

struct BatchJob {
  std::filesystem::path in, out;
  std::string basis;  // digest of rules, catalogue and options
  unsigned threads = 1;
};

struct BatchAnswer {
  std::string json;  // one line, without its end; begins with {"bill": unless refused
  bool refused = false;
};
using Answerer = std::function<BatchAnswer(std::string_view line, std::size_t number)>;  // number from 1

struct BatchCounts {
  std::size_t lines = 0, earlier = 0;  // earlier: answered by an earlier run, among lines
  std::size_t refused = 0;             // earlier ones included
};

// A refused line is answered by this object, by whose beginning an earlier run's refusals are counted again.
std::string refusal_json(std::size_t number, std::span<const Error> errors, Language language);

// make_answerer() once for each thread. progress(done, lines) after each piece, on the calling thread.
Result<BatchCounts> run_batch(const BatchJob& job, const std::function<Answerer()>& make_answerer,
                              const std::function<void(std::size_t, std::size_t)>& progress);

}  // namespace fenming
