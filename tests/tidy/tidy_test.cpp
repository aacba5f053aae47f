// Each rule is shown a small good repository and a small bad one: a rule that finds nothing would fail here.
#include "tidy/tidy.h"

#include <gtest/gtest.h>

namespace fenming::tidy {
namespace {

std::string text_of(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings)
    text += finding.file + ":" + std::to_string(finding.line) + ": " + finding.message + "\n";
  return text;
}

const std::string table = "# comment\n1 base fmt\n2 money\n4 policy yaml\n4 proof yaml\n";

std::string repeated(const std::string& line, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += line;
  return text;
}

TEST(Rows, LowerRowsOnly) {
  const Tree good = {{"tools/modules.txt", table},
                     {"src/money/a.h", ""},
                     {"src/policy/b.h", "#include \"money/a.h\"\n#include \"policy/c.h\"\n"},
                     {"src/policy/c.h", ""}};
  EXPECT_EQ(text_of(check_rows(good)), "");

  Tree upward = good;
  upward["src/money/a.h"] = "\n#include \"policy/b.h\"\n";
  EXPECT_EQ(text_of(check_rows(upward)),
            "src/money/a.h:2: money (row 2) may not include policy (row 4): only lower rows\n");
}

TEST(Rows, SameRowAndUnknown) {
  const Tree bad = {{"tools/modules.txt", table},
                    {"src/policy/b.h", ""},
                    {"src/proof/a.cpp", "#include \"policy/b.h\"\n#include \"a.h\"\n"},
                    {"src/odd/x.h", ""}};
  EXPECT_EQ(text_of(check_rows(bad)),
            "src/odd/x.h:1: the module odd has no row in tools/modules.txt\n"
            "src/proof/a.cpp:1: proof (row 4) may not include policy (row 4): only lower rows\n"
            "src/proof/a.cpp:2: \"a.h\" is no file of src/; write module/file.h\n");
}

TEST(OutsideLibraries, ListedAndHeavyOnce) {
  const Tree bad = {{"tools/modules.txt", table},
                    {"src/money/a.cpp", "#include <fmt/format.h>\n"},
                    {"src/policy/a.h", "#include <yaml-cpp/yaml.h>\n"},
                    {"src/policy/b.cpp", "#include <yaml-cpp/yaml.h>\n"},
                    {"src/proof/c.cpp", "#include <yaml-cpp/yaml.h>\n"}};
  EXPECT_EQ(text_of(check_outside_libraries(bad)),
            "src/money/a.cpp:1: money does not list fmt in tools/modules.txt\n"
            "src/policy/a.h:1: the heavy header <yaml-cpp/yaml.h> belongs into a .cpp\n"
            "src/policy/b.cpp:1: <yaml-cpp/yaml.h> is already read by src/policy/a.h; one .cpp of a module "
            "is enough\n");
}

TEST(Sizes, FileAndIncludes) {
  EXPECT_EQ(text_of(check_sizes({{"src/a.cpp", repeated("\n", 600)}, {"docs/x.md", repeated("\n", 900)}})),
            "");
  EXPECT_EQ(text_of(check_sizes({{"src/a.cpp", repeated("\n", 601)}})),
            "src/a.cpp:601: the file has 601 lines, the limit is 600\n");
  EXPECT_EQ(text_of(check_sizes({{"src/a.cpp", repeated("#include \"a/b.h\"\n", 15) + "#include <map>\n"}})),
            "");
  EXPECT_EQ(text_of(check_sizes({{"src/a.cpp", repeated("#include \"a/b.h\"\n", 16)}})),
            "src/a.cpp:16: more than 15 own includes\n");
}

TEST(Sizes, Function) {
  const std::string body_58 = repeated("  x();\n", 58);
  const auto count = [](const std::string& text) { return text_of(check_sizes({{"src/a.cpp", text}})); };
  EXPECT_EQ(count("namespace a {\nvoid f() {\n" + body_58 + "}\n}\n"), "");
  EXPECT_EQ(count("namespace a {\nvoid f() {\n" + body_58 + "\n}\n}\n"),
            "src/a.cpp:2: the function has 61 lines, the limit is 60\n");
  EXPECT_EQ(count("class A {\n  A(int x)\n      : x_{x} {\n" + body_58 + "}\n int x_;\n};\n"),
            "src/a.cpp:2: the function has 61 lines, the limit is 60\n");
}

TEST(Sizes, OnlyFunctionsCount) {
  const auto count = [](const std::string& text) { return text_of(check_sizes({{"src/a.cpp", text}})); };
  EXPECT_EQ(count("struct A {\n" + repeated("int f() { return 1; }\n", 80) + "};\n"), "");
  EXPECT_EQ(count("constexpr int table[] = {\n" + repeated("  1,\n", 80) + "};\n"), "");
  EXPECT_EQ(count("void f() {\n  const char* text = \"}\";  // }\n" + repeated("  x();\n", 58) + "}\n"),
            "src/a.cpp:1: the function has 61 lines, the limit is 60\n");
}

TEST(CodeOnly, BlanksCommentsAndLiterals) {
  EXPECT_EQ(code_only("a // b\nc"), "a     \nc");
  EXPECT_EQ(code_only("a /* b\n */ c"), "a     \n    c");
  EXPECT_EQ(code_only("f(\"a\\\"b\", 'x', 1'000);"), "f(      ,    , 1'000);");
  EXPECT_EQ(code_only("R\"x(a)\" b)x\" c"), "             c");
  EXPECT_EQ(code_only("\"open"), "     ");
}

TEST(FloatingPoint, NoneNearMoney) {
  EXPECT_EQ(text_of(check_floating_point(
                {{"src/money/a.h", "// double\nint doubled;\n"}, {"src/cli/a.h", "double x;\n"}})),
            "");
  EXPECT_EQ(text_of(check_floating_point({{"src/policy/a.cpp", "int x;\nconst double y = 1;\n"}})),
            "src/policy/a.cpp:2: floating point near money; use Money, Decimal or Exact\n");
  EXPECT_EQ(check_floating_point({{"src/proof/a.cpp", "float x;\n"}}).size(), 1U);
}

TEST(Names, SnakeCaseAndMeaning) {
  EXPECT_EQ(text_of(check_names({{"src/money/decimal_test.cpp", ""}, {"docs/README.md", ""}})), "");
  EXPECT_EQ(text_of(check_names({{"src/money/Decimal.cpp", ""}})),
            "src/money/Decimal.cpp:1: file names are snake_case\n");
  EXPECT_EQ(text_of(check_names({{"src/helper/a.cpp", ""}})),
            "src/helper/a.cpp:1: the folder name helper says nothing; name what it holds\n");
  EXPECT_EQ(check_names({{"src/a/b/c/d.cpp", ""}}).size(), 1U);
}

TEST(Regions, StayInRules) {
  const std::string rules =
      "rules/33"
      "0200-ning"
      "bo/region.yaml";
  const auto found = [&](const std::string& path, const std::string& text) {
    return text_of(check_regions({{rules,
                                   "name: 宁"
                                   "波市\n"},
                                  {path, text}}));
  };
  EXPECT_EQ(found("src/a.cpp",
                  "f(130'000, 130000.00, 1300000, 9"
                  "90000);\n"),
            "");
  EXPECT_EQ(found("src/a.cpp",
                  "f(\"13"
                  "0000\");\n"),
            "src/a.cpp:1: the division code 13"
            "0000 belongs into rules/ (an amount is written 130'000)\n");
  EXPECT_EQ(found("src/a_test.cpp",
                  "f(\"13"
                  "0000\");\n"),
            "");
  EXPECT_NE(found("src/a_test.cpp",
                  "f(\"33"
                  "0200\");\n"),
            "");
  EXPECT_EQ(found("src/a.cpp",
                  "\n// as in Ning"
                  "bo\n"),
            "src/a.cpp:2: the region's name ning"
            "bo belongs into rules/\n");
  EXPECT_NE(found("src/a.cpp",
                  "// 宁"
                  "波的做法\n"),
            "");
  EXPECT_EQ(found("tests/a.cpp",
                  "// 33"
                  "0200 ning"
                  "bo\n"),
            "");
}

TEST(MachinePaths, None) {
  EXPECT_EQ(text_of(check_machine_paths({{"docs/a.md",
                                          "see /usr/bin and docs/tm"
                                          "p/x and https://a.b/wor"
                                          "k/x\n"}})),
            "");
  EXPECT_EQ(text_of(check_machine_paths({{"docs/a.md",
                                          "\nsee /tm"
                                          "p/x\n"}})),
            "docs/a.md:2: a path of somebody's machine\n");
}

TEST(Readmes, ThereAndShort) {
  EXPECT_EQ(text_of(check_readmes({{"src/a/x.h", ""}, {"src/a/README.md", repeated("x\n", 10)}})), "");
  EXPECT_EQ(text_of(check_readmes({{"src/a/x.h", ""}, {"src/a/README.md", repeated("x\n", 11)}})),
            "src/a/README.md:11: at most ten lines\n");
  EXPECT_EQ(check_readmes({{"src/a/x.h", ""}}).size(), 1U);
}

TEST(ErrorTags, UniqueAndDense) {
  const auto found = [](const std::string& text) {
    return text_of(check_error_tags({{"src/model/error_codes.inc", text}}));
  };
  EXPECT_EQ(found("// rows\nX(a, \"BIL-001\", \"z\", \"e\")\nX(b, \"BIL-002\", \"z\", \"e\")\nX(c, "
                  "\"POL-001\", \"z\", \"e\")\n"),
            "");
  EXPECT_EQ(found("X(a, \"BIL-001\", \"z\", \"e\")\nX(b, \"BIL-003\", \"z\", \"e\")\n"),
            "src/model/error_codes.inc:2: BIL-003 does not follow number 1: tags are unique and dense\n");
  EXPECT_NE(found("X(a, \"BIL-001\", \"z\", \"e\")\nX(b, \"BIL-001\", \"z\", \"e\")\n"), "");
  EXPECT_NE(found("X(a, \"BIL-001\", \"z\", \"e\")\nX(a, \"BIL-002\", \"z\", \"e\")\n"), "");
  EXPECT_NE(found("X(a, BIL-001, \"z\", \"e\")\n"), "");
}

Tree requirement_tree(const std::string& row) {
  return {
      {"docs/requirements.md", "| id | requirement | status | shown by |\n|---|---|---|---|\n" + row + "\n"},
      {"src/a/b.cpp", "// REQ SET-04\n"},
      {"src/a/b_test.cpp", "\n// REQ SET-04\n"}};
}

TEST(Requirements, DoneNeedsTestAndSentence) {
  EXPECT_EQ(text_of(check_requirements(requirement_tree("| SET-04 | trial | done | b_test |"))), "");
  EXPECT_EQ(text_of(check_requirements(requirement_tree("| SET-04 | trial | open | |"))), "");
  EXPECT_EQ(text_of(check_requirements(requirement_tree("| SET-04 | trial | done | |"))),
            "docs/requirements.md:3: SET-04 does not say which case or command shows it\n");
  EXPECT_EQ(text_of(check_requirements(requirement_tree("| SET-04 | trial | finished | x |"))),
            "docs/requirements.md:3: the status of SET-04 is open, part or done\n");
  EXPECT_EQ(
      text_of(check_requirements(requirement_tree("| SET-04 | trial | open |\n| SET-04 | x | open | |"))),
      "docs/requirements.md:3: a row is | id | requirement | status | shown by |\n");
}

TEST(Requirements, MarksAndRowsAgree) {
  Tree tree = requirement_tree("| SET-04 | trial | done | b_test |\n| SET-05 | once | done | b_test |");
  EXPECT_EQ(text_of(check_requirements(tree)),
            "docs/requirements.md:4: SET-05 is called done but no test carries its id\n");
  tree["src/a/b_test.cpp"] = "// REQ SET-05, POL-09\n";
  EXPECT_EQ(text_of(check_requirements(tree)),
            "docs/requirements.md:3: SET-04 is called done but no test carries its id\n"
            "src/a/b.cpp:1: no test carries SET-04\n"
            "src/a/b_test.cpp:1: POL-09 stands not in docs/requirements.md\n");
}

TEST(Requirements, Count) {
  const RequirementCount count =
      count_requirements(requirement_tree("| SET-01 | a | open | |\n| SET-02 | b | part | x |\n| SET-03 | c "
                                          "| done | y |\n| SET-04 | d | done | z |"));
  EXPECT_EQ(count.done, 2);
  EXPECT_EQ(count.part, 1);
  EXPECT_EQ(count.open, 1);
}

TEST(Definitions, OneOfAName) {
  const std::string one =
      "namespace fenming {\n\nstruct Outcome {\n  int a;\n};\n\n}  // namespace fenming\n";
  const std::string hidden =
      "namespace fenming {\nnamespace {\nvoid f() {\n}\nstruct Outcome {\n};\n}  // namespace\n}\n";
  const std::string apart = "namespace fenming::test {\nstruct Outcome {\n};\n}\n";
  EXPECT_EQ(text_of(check_definitions({{"src/policy/a.h", one},
                                       {"src/desk/b.cpp", hidden},
                                       {"src/desk/c_test.cpp", apart},
                                       {"src/desk/d.h", "namespace fenming {\nstruct Outcome;\n}\n"}})),
            "");
  EXPECT_EQ(
      text_of(check_definitions({{"src/policy/a.h", one}, {"src/desk/b.h", one}})),
      "src/desk/b.h:3: fenming::Outcome is defined in src/policy/a.h too; one program may have both: give "
      "one another name\n"
      "src/policy/a.h:3: fenming::Outcome is defined in src/desk/b.h too; one program may have both: give "
      "one another name\n");
  EXPECT_EQ(text_of(check_definitions({{"tests/a/a_test.cpp", one}, {"tests/b/b_test.cpp", one}})), "");
}

}  // namespace
}  // namespace fenming::tidy
