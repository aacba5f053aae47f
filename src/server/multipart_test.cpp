#include "server/multipart.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

const std::string body =
    "--B\r\nContent-Disposition: form-data; name=\"jsonStr\"\r\nContent-Type: "
    "text/plain\r\n\r\n{\"infno\":\"9101\"}\r\n"
    "--B\r\nContent-Disposition: form-data; filename=\"a.zip\"; name=\"file\"\r\n\r\nPK\r\n\x01\r\n--B--\r\n";

TEST(Multipart, BothParts) {
  const auto form = read_form("multipart/form-data; boundary=B", body);
  ASSERT_TRUE(form);
  EXPECT_EQ(form->message, "{\"infno\":\"9101\"}");
  EXPECT_EQ(form->file, "PK\r\n\x01");
  EXPECT_EQ(read_form("multipart/form-data; boundary=\"B\"; charset=utf-8", "before\r\n" + body)->file,
            "PK\r\n\x01");
}

// RFC 2183: a name without blanks needs no quotes.
TEST(Multipart, NamesWithoutQuotes) {
  const auto form =
      read_form("multipart/form-data; boundary=B",
                "--B\r\nContent-Disposition: form-data; name=jsonStr\r\n\r\n{}\r\n"
                "--B\r\nContent-Disposition: form-data; name=file; filename=a.zip\r\n\r\nPK\r\n--B--\r\n");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->message, "{}");
  EXPECT_EQ(form->file, "PK");
}

TEST(Multipart, OtherTypesAndBrokenForms) {
  EXPECT_FALSE(read_form("application/json", body));
  EXPECT_EQ(read_form("multipart/form-data", body)->message, "");
  EXPECT_EQ(read_form("multipart/form-data; boundary=C", body)->message, "");
  for (std::size_t size = 0; size < body.size(); ++size) {
    const auto form = read_form("multipart/form-data; boundary=B", std::string_view(body).substr(0, size));
    ASSERT_TRUE(form) << size;
  }
}

}  // namespace
}  // namespace fenming
