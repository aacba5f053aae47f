// FieldReference: the interface's tables as documents to read: an index, a page per group of transactions, a page of code tables. The
// committed docs/fields.md and docs/fields/ are these texts (tests/docs), the node serves the same.
#pragma once

#include <string>
#include <vector>

namespace fenming {

struct Document {
  std::string path;  // below docs/: "fields.md", "fields/2.md"
  std::string text;
};

std::vector<Document> field_reference();

}  // namespace fenming
