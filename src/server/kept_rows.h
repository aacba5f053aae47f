// KeptRows: the rows of what providers sent to be kept, as the queries of the interface ask for them: which stand, which are asked for,
// how the query names their fields.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "server/documents.h"

namespace fenming {

struct KeptQuery {
  std::string_view infno, families;  // 3508, "3501 3502"; families separated by blanks
  std::string_view node;             // of the output: "feedetail"
  std::string_view rows;             // such rows as have one of these fields: "drug_trac_codg drug_trac_code"
  std::string_view key;              // what a withdrawal names; "=": the number made at the upload
  bool newest = false;               // of each key; else every one
  bool person = false;               // uploads of any provider about psn_no; else the provider's own
  std::string_view day = {};         // field that begndate and enddate, or begntime and endtime, ask for
  std::string_view names =
      {};  // "medins_list_codg=fixmedins_hilist_id": of the query = of the upload; "=" alone: the number
  std::string_view anything = {};  // fields of the question that choose nothing here
};

struct StandingRow {
  const KeptDocument* document;
  const KeptRow* row;
};

// Of what came in this order: withdrawn and replaced rows are gone.
std::vector<StandingRow> standing_rows(const std::vector<KeptDocument>& documents, const KeptQuery& query);

// The value of a field as the query names it (also in camelCase); "" when the upload has none.
std::string_view kept_value(const StandingRow& standing, const KeptQuery& query, std::string_view field);

// Whether the row is what the question asks for.
bool asked_for(const StandingRow& standing, const KeptQuery& query, const WireRow& question);

std::string snake_case(std::string_view name);  // medListCodg → med_list_codg

// Whether a word stands in a list separated by blanks.
bool has_word(std::string_view list, std::string_view word);

}  // namespace fenming
