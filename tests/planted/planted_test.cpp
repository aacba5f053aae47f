// Law 4: distinctive identity numbers, names, phone numbers and addresses are planted, a day is run, and everything the program wrote is
// searched for them: journal, views, write-ahead logs, copies, exports, reports, what it printed, and the memory that a core of the
// settling process would hold.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "cli/arguments.h"
#include "cli/store_desk.h"
#include "registry/identity_number.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

constexpr int persons = 8;
const std::string rules = std::string(FENMING_SOURCE_DIR) + "/rules/990000-mingzhou";

std::string psn_no(int person) { return "PLANTED" + std::to_string(1000 + person); }

struct Planted {
  std::string certno, name, phone, address;
};

// Made at run time, so that they stand in no binary; not even those of the tests.
std::vector<Planted> plant() {
  std::random_device random;
  const auto digits = [&](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += static_cast<char>('0' + random() % 10);
    return text;
  };
  std::vector<Planted> all;
  for (int i = 0; i < persons; ++i) {
    std::string first17 = "990101198005" + std::to_string(10 + i) + digits(3);
    first17 += identity_check_character(first17);
    all.push_back({first17, "虚构" + digits(9), "199" + digits(8), "明州市甄别路" + digits(9) + "号"});
  }
  return all;
}

int run(std::vector<std::string> words, std::ostream& log) {
  std::vector<char*> pointers;
  words.insert(words.begin(), "fenming");
  for (std::string& word : words) pointers.push_back(word.data());
  Terminal terminal(log, log);
  return run_arguments(static_cast<int>(pointers.size()), pointers.data(), terminal);
}

// What a person would type, in a process of its own; what it prints goes to a file.
int program(const std::vector<std::string>& words, const fs::path& log) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    std::ofstream file(log, std::ios::app);
    const int code = run(words, file);
    file.flush();
    rlimit limit{};
    const bool cores = ::getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_cur != 0;
    ::_exit(words.front() == "import" && cores ? 99 : code);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// The counter: opens the store, settles and cancels, then stands still until it is looked at.
[[noreturn]] void counter(const std::string& store, const std::string& keys, int go, int ready) {
  char byte = 0;
  if (::read(go, &byte, 1) != 1) ::_exit(2);
  auto opened = open_store(store);
  if (!opened) ::_exit(3);
  auto desk = open_desk(std::move(*opened), {.keys = keys});
  if (!desk) ::_exit(4);
  const Date today = civil_day(system_clock_now().wall);
  for (int i = 0; i < persons * 4; ++i) {
    Settle sale;
    sale.psn_no = psn_no(i % persons), sale.kind = "pharmacy";
    sale.from = sale.to = today;
    FeeLine line;
    line.line.id = "1", line.line.amount = sale.total = Money::from_fen(10'000 + i);
    sale.lines = {line};
    const auto sold = (*desk)->call({{"H00000000001", "2102", "m" + std::to_string(i)}, "clerk", sale});
    if (!sold) {
      std::fprintf(stderr, "%s\n", to_text(sold.error(), Language::en).c_str());
      ::_exit(5);
    }
    if (i % 3 == 0)
      (*desk)->call({{"H00000000001", "2103", "c" + std::to_string(i)},
                     "clerk",
                     CancelSettlement{sold->decision->made, sale.psn_no}});
  }
  if (!(*desk)->catch_up()) ::_exit(6);
  if (::write(ready, &byte, 1) != 1 || ::read(go, &byte, 1) != 1) ::_exit(7);
  desk->reset();
  ::_exit(0);
}

// Everything a process could write into a core: its writable memory.
std::string memory_of(pid_t pid) {
  std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
  std::ifstream memory("/proc/" + std::to_string(pid) + "/mem", std::ios::binary);
  std::string bytes, line;
  while (std::getline(maps, line)) {
    std::uint64_t from = 0, to = 0;
    char writable = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx r%c", &from, &to, &writable) != 3 || writable != 'w') continue;
    const std::size_t before = bytes.size();
    if (to - from > (std::uint64_t{1} << 30)) continue;  // reserved, not used
    bytes.resize(before + (to - from));
    memory.clear();
    memory.seekg(static_cast<std::streamoff>(from));
    memory.read(bytes.data() + before, static_cast<std::streamsize>(to - from));
    bytes.resize(before + static_cast<std::size_t>(std::max<std::streamsize>(0, memory.gcount())));
  }
  return bytes;
}

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class PlantedValues : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "fenming-planted-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    fs::create_directory(folder_ / "in");
    fs::create_directory(folder_ / "out");
    ASSERT_EQ(::pipe(go_), 0);
    ASSERT_EQ(::pipe(ready_), 0);
    counter_ = ::fork();  // before anything is planted: it never sees it
    if (counter_ != 0) {
      ::close(go_[0]);
      ::close(ready_[1]);
      return;
    }
    counter(out("store"), out("keys"), go_[0], ready_[1]);
  }
  void TearDown() override {
    ::kill(counter_, SIGKILL);
    ::waitpid(counter_, nullptr, 0);
    fs::remove_all(folder_);
  }
  std::string out(const std::string& name) const { return (folder_ / "out" / name).string(); }

  std::string write(const std::string& name, const std::string& text) {
    const fs::path path = folder_ / "in" / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  std::string persons_file(const std::vector<Planted>& planted) {
    std::string text = "psn_no,certno,name,phone,address,from,insured,scheme,person\n";
    for (int i = 0; i < persons; ++i) {
      const Planted& one = planted[static_cast<std::size_t>(i)];
      text += psn_no(i) + "," + one.certno + "," + one.name + "," + one.phone + "," + one.address +
              ",2024-01-01,yes,employees,active\n";
    }
    return text;
  }
  void look_at(std::string_view what, const std::string& bytes, const std::vector<Planted>& planted) {
    for (const Planted& one : planted)
      for (const std::string& value :
           {one.certno, one.certno.substr(0, 17), one.name, one.phone, one.address})
        EXPECT_EQ(bytes.find(value), std::string::npos) << what << " holds " << value;
  }
  std::size_t look_everywhere(const std::vector<Planted>& planted) {
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "out")) {
      if (!entry.is_regular_file()) continue;
      ++files;
      look_at(entry.path().string(), bytes_of(entry.path()), planted);
    }
    return files;
  }

  fs::path folder_;
  int go_[2] = {}, ready_[2] = {};
  pid_t counter_ = 0;
};

TEST_F(PlantedValues, StandNowhereInClear) {  // REQ SEC-04, LAW 4
  const std::vector<Planted> planted = plant();
  const std::string log = out("log");
  ASSERT_EQ(program({"adopt", out("store"), "--rules", rules, "--by", "clerk"}, log), exit_ok)
      << bytes_of(log);
  const std::string providers = write("providers.csv", "code,name,level\nH00000000001,虚构药店,L1\n");
  ASSERT_EQ(program({"import", "providers", providers, "--store", out("store")}, log), exit_ok)
      << bytes_of(log);
  const std::string file = write("persons.csv", persons_file(planted));
  ASSERT_EQ(program({"import", "persons", file, "--store", out("store"), "--keys", out("keys")}, log),
            exit_ok)
      << bytes_of(log);
  // A refused file names its problems, masked.
  const std::string twice =
      write("twice.csv", persons_file(planted) + "PLANTED9999," + planted[0].certno + "," + planted[0].name +
                             ",,,2024-01-01,yes,employees,active\n");
  EXPECT_EQ(program({"import", "persons", twice, "--store", out("store"), "--keys", out("keys"), "--report",
                     out("report.csv")},
                    log),
            exit_findings);
  EXPECT_NE(bytes_of(out("report.csv")).find("REG-027"), std::string::npos);

  char byte = 1;
  ASSERT_EQ(::write(go_[1], &byte, 1), 1);
  ASSERT_EQ(::read(ready_[0], &byte, 1), 1) << "the counter failed";
  const std::string memory = memory_of(counter_);
  EXPECT_NE(memory.find(psn_no(3)), std::string::npos) << "the search finds what is there";
  look_at("the settling process", memory, planted);
  EXPECT_GT(fs::file_size(out("store") + "/journal.db-wal"), 0U) << "the write-ahead log is looked at too";
  look_everywhere(planted);
  ASSERT_EQ(::write(go_[1], &byte, 1), 1);
  int status = 0;
  ASSERT_EQ(::waitpid(counter_, &status, 0), counter_);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);

  for (const auto& words : std::vector<std::vector<std::string>>{
           {"backup", out("store"), out("copy")},
           {"restore", out("copy"), out("again")},
           {"export", out("store"), out("tables")},
           {"verify", out("store")},
           {"outcome", out("store"), "m1", "--provider", "H00000000001", "--infno", "2102"}})
    EXPECT_EQ(program(words, log), exit_ok) << words.front() << "\n" << bytes_of(log);
  EXPECT_GT(look_everywhere(planted), 15U);
  EXPECT_NE(bytes_of(out("copy") + "/journal.db").find(psn_no(3)), std::string::npos);
}

}  // namespace
}  // namespace fenming
