// Documents: what providers sent to be kept (KeepDocument), written down as the interface's own JSON, sealed, and read back as rows.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/decision.h"
#include "model/state.h"
#include "server/call.h"
#include "server/person_numbers.h"

namespace fenming {

struct KeptRow {     // one object of an input
  std::string node;  // "invinfo.drugtracinfo"; "": members directly under input
  std::vector<std::pair<std::string, std::string>> fields;
  std::size_t parent = SIZE_MAX;  // among the rows beside it
  std::string_view own(std::string_view field) const;
};

struct KeptDocument {
  std::uint64_t position = 0;
  Instant time;
  std::string infno, msgid, family, subject, psn_no, provider;
  bool withdraw = false;
  bool erased = false;  // the key it was sealed under is gone: what follows is empty
  std::string json;     // the input
  std::vector<KeptRow> rows;
  std::vector<std::size_t> singles;  // rows that are the only one of their node, with none around them

  void read(std::string input);  // fills the last three
  // Of the row, of the rows around it, or of the one row of a node beside it.
  std::string_view text(const KeptRow& row, std::string_view field) const;
};

// The input as its tables read it: nodes with the names of the interface, every field as it came, empty ones left out.
std::string input_json(const Request& request);
// The rows of such a text, or of the rest of a visit (tx_words.h). What is no JSON has none.
std::vector<KeptRow> rows_of_json(std::string_view json);

// Whose key an input is sealed with: the person's, or the provider's when it names no psn_no.
std::string_view seal_owner(std::string_view provider, std::string_view psn_no);

// Through the desk: the document with the call's input, sealed.
void keep_input(const CallPtr& call, KeepDocument document, Call::Render render);

// A message of several rows has the first one's subject with " +2" behind it for two more.
std::string subject_of_rows(std::string_view first, std::size_t rows);
bool about_subject(std::string_view subject, std::string_view wanted);

// What the provider sent of one family, oldest first; `wanted` empty: of every subject. What was answered before is seen. At most the
// newest 20,000, or 32 MB of them.
Result<std::vector<KeptDocument>> documents_of(Node& node, std::string_view provider, std::string_view family,
                                               std::string_view wanted = {});
// What any provider sent about a person, oldest first.
Result<std::vector<KeptDocument>> documents_about(Node& node, std::string_view psn_no,
                                                  std::string_view family);

// Waits until the tables have everything that is durable now, at most two seconds. Codes: those of the store; store_views_behind.
Result<void> wait_for_views(Node& node);

// Register data, when the person is there; whoever asks is recorded.
Result<Object> known_person(const Call& call, std::string_view psn_no, const std::string& place);

}  // namespace fenming
