// settle_bench: how many settlements one core makes in a second (docs: bench/RESULTS.md, `make bench`).
//   settle_bench run [ROUNDS [standard|region]]   checks that all answers agree, then one line per measurement, fields separated by tabs
//   settle_bench export N   N bills of the standard case with their answers, one JSON object a line, for the peers
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "base/json_out.h"
#include "hard_coded.h"
#include "measure.h"
#include "policy/explain.h"
#include "policy/workspace.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t seed = 20250312;
constexpr std::size_t bill_count = 1'000;
constexpr int default_rounds = 21;

[[noreturn]] void stop(const std::string& message) {
  std::cerr << "settle_bench: " << message << '\n';
  std::exit(1);
}

std::vector<SourceFile> files_of(const fs::path& folder) {
  std::vector<SourceFile> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    files.push_back({entry.path().filename().string(), std::string(std::istreambuf_iterator<char>(in), {})});
  }
  std::ranges::sort(files, {}, &SourceFile::name);
  return files;
}

std::shared_ptr<const Library> library_of(std::vector<SourceFile> files, std::vector<SourceFile> base = {}) {
  auto library = read_library(std::move(files), std::move(base));
  if (!library) stop(to_text(library.error().front(), Language::en));
  return *library;
}

std::shared_ptr<const Library> standard_library() {
  std::ifstream in(fs::path(FENMING_SOURCE_DIR) / "bench/standard.yaml", std::ios::binary);
  return library_of({{"region.yaml", std::string(std::istreambuf_iterator<char>(in), {})}});
}

BoundBill bound(const Library& library, const Bill& bill) {
  auto result = bind(library, bill);
  if (!result) stop(to_text(result.error(), Language::en));
  return *std::move(result);
}

std::vector<StandardBill> standard_bills(std::size_t count) {
  std::mt19937_64 random(seed);
  std::vector<StandardBill> bills;
  for (std::size_t i = 0; i < count; ++i) bills.push_back(random_standard(random));
  return bills;
}

StandardAnswer answer_of(const Assessment& a) {
  const std::vector<LayerAmounts>& layers = a.parts[0].layers;
  return {a.in_scope, layers[0].paid, layers[1].paid, a.split->cash().fen()};
}

void print(const char* name, const Measured& m, double target) {
  std::printf("%s\t%.0f\t%.0f\t%.0f\t%.0f\t%.3g\n", name, m.per_second, m.slowest, m.fastest, target,
              m.allocations_each);
  std::fflush(stdout);
}

// Every bill by assess() and by explain(): the same answer, or nothing is measured.
void check(const Library& library, const std::vector<BoundBill>& bills) {
  Workspace workspace;
  Assessment plain;
  Explanation explained;
  for (const BoundBill& bill : bills) {
    if (const auto error = assess(library, bill, workspace, plain)) stop(to_text(*error, Language::en));
    if (const auto error = explain(library, bill, explained)) stop(to_text(*error, Language::en));
    const Assessment& traced = explained.assessment;
    if (plain.lines != traced.lines || plain.funds != traced.funds ||
        plain.split->cash() != traced.split->cash() || plain.parts[0].layers != traced.parts[0].layers)
      stop("assess() and explain() differ");
  }
}

void measure_library(const Library& library, const std::vector<BoundBill>& bills, const std::string& name,
                     int rounds, double plain_target, double traced_target) {
  check(library, bills);
  Workspace workspace;
  Assessment result;
  std::int64_t sum = 0;
  const Measured plain = measure(bills.size() * 50, rounds, [&] {
    for (int turn = 0; turn < 50; ++turn)
      for (const BoundBill& bill : bills) {
        if (assess(library, bill, workspace, result)) stop("refused");
        sum += result.split->cash().fen();
      }
  });
  print((name + ", without explanation").c_str(), plain, plain_target);
  Explanation explained;
  const Measured traced = measure(bills.size() * 10, rounds, [&] {
    for (int turn = 0; turn < 10; ++turn)
      for (const BoundBill& bill : bills) {
        if (explain(library, bill, explained)) stop("refused");
        sum += explained.assessment.split->cash().fen();
      }
  });
  print((name + ", with structured trace").c_str(), traced, traced_target);
  if (sum == 0) stop("nothing was settled");
}

void run_standard(int rounds) {
  const auto library = standard_library();
  const std::vector<StandardBill> standard = standard_bills(bill_count);
  std::vector<BoundBill> bills;
  for (const StandardBill& bill : standard) bills.push_back(bound(*library, to_bill(bill)));
  Workspace workspace;
  Assessment result;
  for (std::size_t i = 0; i < bills.size(); ++i) {
    if (assess(*library, bills[i], workspace, result)) stop("refused");
    if (answer_of(result) != hard_coded(standard[i])) stop("the policy and the hard-coded case differ");
  }
  measure_library(*library, bills, "Fenming, standard case", rounds, 2'000'000, 300'000);
  std::int64_t sum = 0;
  const Measured floor = measure(standard.size() * 1'000, rounds, [&] {
    for (int turn = 0; turn < 1'000; ++turn)
      for (const StandardBill& bill : standard) sum += hard_coded(bill).cash;
  });
  print("C++, hard-coded standard case", floor, 0);
  if (sum == 0) stop("nothing was settled");
}

void run_region(int rounds) {
  const fs::path rules = fs::path(FENMING_SOURCE_DIR) / "rules";
  const auto library = library_of(files_of(rules / "990000-mingzhou"), files_of(rules / "000000-national"));
  std::mt19937_64 random(seed);
  std::vector<BoundBill> bills;
  for (std::size_t i = 0; i < bill_count; ++i)
    bills.push_back(bound(*library, random_stay(library->region, random)));
  measure_library(*library, bills, "Fenming, all layers of the make-believe region", rounds, 300'000, 60'000);
}

void export_bills(std::size_t count) {
  for (const StandardBill& bill : standard_bills(count)) {
    JsonOut out;
    out.open_object().field("prior_fen", bill.prior_fen).key("lines").open_array();
    for (const StandardLine& line : bill.lines)
      out.open_object()
          .field("fen", line.fen)
          .field("class", std::string_view(&line.item_class, 1))
          .close_object();
    const StandardAnswer answer = hard_coded(bill);
    out.close_array().key("answer").open_object();
    out.field("eligible", answer.eligible)
        .field("basic", answer.basic)
        .field("second", answer.second)
        .field("cash", answer.cash);
    out.close_object().close_object();
    std::puts(out.str().c_str());
  }
}

int main_with(const std::vector<std::string>& arguments) {
  if (arguments.size() == 2 && arguments[0] == "export") {
    export_bills(std::stoul(arguments[1]));
    return 0;
  }
  if (arguments.empty() || arguments[0] != "run" || arguments.size() > 3) {
    std::cerr << "usage: settle_bench run [ROUNDS [standard|region]] | export N\n";
    return 2;
  }
  const int rounds = arguments.size() >= 2 ? std::stoi(arguments[1]) : default_rounds;
  const std::string only = arguments.size() == 3 ? arguments[2] : "";
  if (only != "region") run_standard(rounds);
  if (only != "standard") run_region(rounds);
  return 0;
}

}  // namespace
}  // namespace fenming

int main(int count, char** values) { return fenming::main_with({values + 1, values + count}); }
