// Mutants: breaks src/money, src/policy, src/ledger and src/settlement on purpose, one small mistake at a time, compiles what is affected
// beside the sound objects of build-mutants/ and runs the fast tests of that part. `run.sh` prepares that folder and calls this with it.
//   sweep BUILD COUNT SEED   so many mutants drawn by the seed (0: all), those not yet done on this text; results in BUILD/results.tsv.
//                            PART=policy or PART=desk: only of that part
//   named BUILD              tests/mutants/named/*.mutant: mistakes with a story; each must be killed
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "mutants/mutate.h"

namespace fs = std::filesystem;
using namespace fenming::mutants;

namespace {

constexpr const char* policy_files[] = {"src/money/decimal.h",           "src/money/decimal.cpp",
                                        "src/policy/engine.h",           "src/policy/arithmetic.h",
                                        "src/policy/runner.h",           "src/policy/assess.cpp",
                                        "src/policy/bind.cpp",           "src/policy/compile_value.cpp",
                                        "src/policy/compile_policy.cpp", "src/policy/compile_expression.cpp",
                                        "src/policy/compile_emit.cpp",   "src/policy/compile.h"};

// Two parts, each with tests of its own: money and policy, and the desk (its folders whole, for their headers declare and no more).
constexpr const char* desk_folders[] = {"src/ledger", "src/settlement"};

bool of_desk(const std::string& file) {
  return std::ranges::any_of(desk_folders, [&](const char* folder) { return file.starts_with(folder); });
}

std::string setting(const char* name, const std::string& otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : text;
}

bool in_part(const std::string& file) {
  const std::string part = setting("PART", "");
  return part.empty() || (part == "desk") == of_desk(file);
}

std::vector<std::string> swept(const std::string& part) {
  std::vector<std::string> files;
  if (part != "desk") files.assign(std::begin(policy_files), std::end(policy_files));
  if (part == "policy") return files;
  const auto first = static_cast<std::ptrdiff_t>(files.size());
  for (const char* folder : desk_folders)
    for (const auto& entry : fs::directory_iterator(folder))
      if (const std::string file = entry.path().string();
          file.ends_with(".cpp") && !file.ends_with("_test.cpp"))
        files.push_back(file);
  std::sort(files.begin() + first, files.end());
  return files;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

// The sources whose objects a mutated file changes. Templates live where they are instantiated.
std::vector<std::string> affected(const std::string& file) {
  if (file == "src/money/decimal.h")
    return {"src/money/decimal_test.cpp", "src/money/decimal.cpp", "src/policy/assess.cpp",
            "src/policy/bind.cpp"};
  if (file == "src/policy/compile.h")
    return {"src/policy/compile_expression.cpp", "src/policy/compile_emit.cpp",
            "src/policy/compile_value.cpp", "src/policy/compile_policy.cpp", "src/policy/compile_test.cpp"};
  if (file == "src/policy/arithmetic.h")
    return {"src/policy/assess.cpp", "src/policy/arithmetic_test.cpp", "src/policy/edges_test.cpp"};
  if (file.ends_with(".h")) return {"src/policy/assess.cpp"};
  return {file};
}

// The explanation and the library check run the same templates on other numbers: compiled when the plain ones notice nothing.
std::vector<std::string> affected_too(const std::string& file) {
  if (!file.starts_with("src/policy/") || !file.ends_with(".h") || file == "src/policy/compile.h") return {};
  return {"src/policy/explain.cpp", "src/policy/walk.cpp"};
}

std::string object_name(std::string source) {
  std::ranges::replace(source, '/', '_');
  return source + ".o";
}

struct Verdict {
  std::string word, by;  // killed, survived, stillborn (does not compile); the test
};

class Bench {  // one worker's place
 public:
  Bench(fs::path build, int number)
      : build_(std::move(build)), own_(build_ / fmt::format("worker-{}", number)) {
    fs::create_directories(own_ / "objects");
  }

  Verdict judge(const std::string& file, const std::string& text) {
    const fs::path overlay = own_ / "tree";
    fs::remove_all(overlay);
    write(overlay / file, text);
    std::set<std::string> changed;
    std::string objects;
    if (!compile(affected(file), file, changed, objects)) return {"stillborn", ""};
    const Verdict verdict = run(file, objects, changed);
    if (verdict.word != "survived" || affected_too(file).empty()) return verdict;
    if (!compile(affected_too(file), file, changed, objects)) return {"stillborn", ""};
    return run(file, objects, changed);
  }

 private:
  bool compile(const std::vector<std::string>& sources, const std::string& file,
               std::set<std::string>& changed, std::string& objects) {
    const fs::path overlay = own_ / "tree";
    for (const std::string& source : sources) {
      const std::string object = (own_ / "objects" / object_name(source)).string();
      const fs::path from = source == file ? overlay / source : fs::path(source);
      const std::string first = of_desk(file) ? fmt::format("-include {}/desk.h", build_.string()) : "";
      const std::string command =
          fmt::format("{} -O0 -w {} -I {}/src -I src -I tests -c {} -o {} 2>{}/compile.log",
                      setting("COMPILE", "c++ -std=c++23"), first, overlay.string(), from.string(), object,
                      own_.string());
      if (std::system(command.c_str()) != 0) return false;
      changed.insert(object_name(source));
      objects += " " + object;  // first: the linker takes the first of several equal inline functions
    }
    return true;
  }

  // The sound objects: of the mutant's part with its tests; the desk stands on the other part's, without their tests.
  std::string sound(bool desk, const std::set<std::string>& changed) const {
    std::vector<std::string> found;
    for (const char* folder : {"desk", "objects"}) {
      if (!desk && std::string_view(folder) == "desk") continue;
      for (const auto& entry : fs::directory_iterator(build_ / folder)) {
        const std::string name = entry.path().filename().string();
        const bool test = name.starts_with("tests_") || name.ends_with("_test.cpp.o");
        if (!name.ends_with(".o") || changed.contains(name)) continue;
        if (!desk || !test || std::string_view(folder) == "desk") found.push_back(entry.path().string());
      }
    }
    std::ranges::sort(found);  // src before tests, and so the quick ones run first
    std::string objects;
    for (const std::string& object : found) objects += " " + object;
    return objects;
  }

  Verdict run(const std::string& file, std::string objects, const std::set<std::string>& changed) {
    objects += sound(of_desk(file), changed);
    const std::string program = (own_ / "tests").string(), log = (own_ / "tests.log").string();
    const std::string link =
        fmt::format("c++ {} -o {} {} 2>{}/link.log", setting("LINK", ""), program, objects, own_.string());
    const std::string libraries =
        " -lgtest -lgtest_main -lfmt -lyaml-cpp -lsimdjson -lcrypto -lsqlite3 -lpthread";
    if (std::system((link + libraries).c_str()) != 0) return {"stillborn", ""};
    const int status =
        std::system(fmt::format("timeout {} {} --gtest_fail_fast --gtest_brief=1 >{} 2>&1",
                                setting("SECONDS_MAX", of_desk(file) ? "60" : "20"), program, log)
                        .c_str());
    if (status == 0) return {"survived", ""};
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 255;
    const std::string output = read(log);
    const std::size_t failed = output.rfind("[  FAILED  ] ");
    std::string by = code == 124 ? "time" : code != 1 ? fmt::format("crash {}", code) : "?";
    if (failed != std::string::npos)
      by = output.substr(failed + 13, output.find_first_of(",( \n", failed + 13) - failed - 13);
    return {"killed", by};
  }

  fs::path build_, own_;
};

struct Task {
  Mutant mutant;
  std::string id, text;  // the whole mutated file
  std::string shown, story;
};

// file | described => reason
std::map<std::string, std::string> accepted() {
  std::map<std::string, std::string> reasons;
  std::ifstream list("tests/mutants/survivors.txt");
  std::string what;
  for (std::string line; std::getline(list, line);) {
    if (line.starts_with("src/"))
      what = line;
    else if (line.starts_with("    ") && !what.empty())
      reasons[what] = line.substr(4);
  }
  return reasons;
}

std::map<std::string, Verdict> known_results(const fs::path& file) {
  std::map<std::string, Verdict> results;
  std::ifstream list(file);
  for (std::string line; std::getline(list, line);) {
    const std::size_t first = line.find('\t'), second = line.find('\t', first + 1),
                      third = line.find('\t', second + 1);
    if (third != std::string::npos)
      results[line.substr(0, first)] = {line.substr(first + 1, second - first - 1),
                                        line.substr(second + 1, third - second - 1)};
  }
  return results;
}

template <class Done>
void judge_all(const fs::path& build, const std::vector<Task>& tasks, Done done) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::vector<std::thread> workers;
  for (int w = 0; w < std::max(1, std::atoi(setting("JOBS", "2").c_str())); ++w)
    workers.emplace_back([&, w] {
      Bench bench(build, w);
      for (std::size_t i = next++; i < tasks.size(); i = next++) {
        const Verdict verdict = bench.judge(tasks[i].mutant.file, tasks[i].text);
        const std::lock_guard lock(mutex);
        done(tasks[i], verdict);
      }
    });
  for (std::thread& worker : workers) worker.join();
}

std::vector<Task> all_mutants(const std::string& part) {
  std::vector<Task> tasks;
  for (const std::string& file : swept(part)) {
    const std::string text = read(file);
    for (Mutant& mutant : mutants_of(file, text)) {
      Task task{mutant, id_of(text, mutant), applied(text, mutant),
                fmt::format("{}: {}", file, described(text, mutant)), ""};
      tasks.push_back(std::move(task));
    }
  }
  return tasks;
}

// Reasons given for what is no mutant of today's text: a line was rewritten and the reason must be looked at again.
bool any_stale(const std::vector<Task>& tasks, const std::map<std::string, std::string>& reasons) {
  std::set<std::string> shown;
  for (const Task& task : tasks) shown.insert(task.shown);
  bool stale = false;
  for (const auto& [what, reason] : reasons)
    if (!shown.contains(what)) {
      fmt::print("stale in tests/mutants/survivors.txt  {}\n", what);
      stale = true;
    }
  return stale;
}

int sweep(const fs::path& build, std::size_t count, std::uint64_t seed) {
  const std::map<std::string, std::string> reasons = accepted();
  const bool stale = any_stale(all_mutants(""), reasons);
  std::vector<Task> tasks = all_mutants(setting("PART", ""));
  const std::size_t total = tasks.size();
  std::mt19937_64 random(seed);
  for (std::size_t i = tasks.size(); i > 1; --i) std::swap(tasks[i - 1], tasks[random() % i]);
  if (count != 0 && count < tasks.size()) tasks.resize(count);
  std::map<std::string, Verdict> results = known_results(build / "results.tsv");
  std::vector<Task> open;  // survivors are tried again: the tests may have grown
  for (const Task& task : tasks)
    if (!results.contains(task.id) || (results[task.id].word == "survived" && !reasons.contains(task.shown)))
      open.push_back(task);
  fmt::print("{} mutants, {} drawn with seed {}, {} of them done before\n", total, tasks.size(), seed,
             tasks.size() - open.size());
  std::ofstream log(build / "results.tsv", std::ios::app);
  judge_all(build, open, [&](const Task& task, const Verdict& verdict) {
    results[task.id] = verdict;
    log << task.id << '\t' << verdict.word << '\t' << verdict.by << '\t' << task.shown << std::endl;
  });
  std::size_t killed = 0, equal = 0;
  std::vector<std::string> survivors;
  for (const Task& task : tasks) {
    const std::string& word = results[task.id].word;
    if (word == "killed") ++killed;
    if (word != "survived") continue;
    if (reasons.contains(task.shown))
      ++equal;
    else
      survivors.push_back(fmt::format("{}:{} {}", task.mutant.file, task.mutant.line,
                                      task.shown.substr(task.mutant.file.size() + 2)));
  }
  std::ranges::sort(survivors);
  for (const std::string& survivor : survivors) fmt::print("survived  {}\n", survivor);
  // Of those that change something: a mutant with a reason in the list changes nothing.
  const std::size_t counted = killed + survivors.size();
  const std::size_t tenths = counted == 0 ? 0 : killed * 1000 / counted;
  fmt::print(
      "{} compiled, {} of them change nothing (tests/mutants/survivors.txt); of the other {}, {} killed: "
      "{}.{} %\n",
      counted + equal, equal, counted, killed, tenths / 10, tenths % 10);
  return tenths >= 900 && !stale ? 0 : 1;
}

// A named mistake: `story:`, `file:`, then one or more places between lines `<<<<` `====` `>>>>`: what stands there, what is
// written by mistake.
bool read_named(const fs::path& path, Task& task) {
  const std::string text = read(path);
  const auto field = [&](const std::string& name) {
    const std::size_t at = text.find(name + ": ");
    return at == std::string::npos
               ? ""
               : text.substr(at + name.size() + 2, text.find('\n', at) - at - name.size() - 2);
  };
  task.mutant.file = field("file");
  task.story = field("story");
  task.text = read(task.mutant.file);
  bool any = false;
  for (std::size_t begin = text.find("<<<<\n"); begin != std::string::npos;
       begin = text.find("<<<<\n", begin + 1)) {
    const std::size_t middle = text.find("\n====\n", begin), end = text.find("\n>>>>", begin);
    if (middle == std::string::npos || end == std::string::npos) return false;
    const std::string sound = text.substr(begin + 5, middle - begin - 5),
                      wrong = text.substr(middle + 6, end - middle - 6);
    const std::size_t at = task.text.find(sound);
    if (at == std::string::npos || task.text.find(sound, at + 1) != std::string::npos) return false;
    task.text.replace(at, sound.size(), wrong);
    any = true;
  }
  task.shown = path.stem().string();
  return any;
}

int named(const fs::path& build) {
  std::vector<Task> tasks;
  bool fine = true;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator("tests/mutants/named")) files.push_back(entry.path());
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    Task task;
    if (read_named(file, task)) {
      if (in_part(task.mutant.file)) tasks.push_back(std::move(task));
    } else {
      fmt::print("{}: the text it replaces does not stand exactly once in the source; write it anew\n",
                 file.string());
      fine = false;
    }
  }
  std::map<std::string, std::string> rows;
  std::size_t killed = 0;
  judge_all(build, tasks, [&](const Task& task, const Verdict& verdict) {
    rows[task.shown] =
        fmt::format("{:<9} {:<28} {}\n          by {}\n", verdict.word, task.shown, task.story, verdict.by);
    if (verdict.word == "killed") ++killed;
  });
  for (const auto& [name, row] : rows) fmt::print("{}", row);
  fmt::print("{} of {} named mistakes killed\n", killed, tasks.size());
  return fine && killed == tasks.size() ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  const std::string what = count > 2 ? words[1] : "";
  if (what == "sweep" && count == 5)
    return sweep(words[2], std::strtoull(words[3], nullptr, 10), std::strtoull(words[4], nullptr, 10));
  if (what == "named" && count == 3) return named(words[2]);
  if (what == "list" && count == 3) {
    for (const Task& task : all_mutants(setting("PART", "")))
      fmt::print("{} {} {}\n", task.id, task.mutant.kind, task.shown);
    return 0;
  }
  fmt::print(stderr, "mutants sweep BUILD COUNT SEED | named BUILD | list BUILD\n");
  return 2;
}
