// Transactions: which transactions this node carries out, each with its handler. One small function for each, by family:
// tx_person.cpp, tx_visit.cpp, tx_settle.cpp, tx_query.cpp, tx_history.cpp, tx_books.cpp, tx_catalogue.cpp, tx_documents.cpp,
// tx_kept.cpp, tx_lists.cpp.
#pragma once

#include <span>
#include <string_view>

#include "server/call.h"

namespace fenming {

struct Handling {
  std::string_view infno;
  void (*run)(const CallPtr&) = nullptr;
  bool before_sign_in = false;  // may come before 9001
  bool any_region = false;      // the person's region does not matter
};

std::span<const Handling> handlings();  // by infno
const Handling* find_handling(std::string_view infno);

// The families.
void read_person(const CallPtr& call);          // 1101
void check_benefits(const CallPtr& call);       // 2001
void sign_in(const CallPtr& call);              // 9001
void sign_out(const CallPtr& call);             // 9002
void register_visit(const CallPtr& call);       // 2201
void cancel_registration(const CallPtr& call);  // 2202
void upload_visit(const CallPtr& call);         // 2203, 2203A
void upload_lines(const CallPtr& call);         // 2204, 2301
void withdraw_lines(const CallPtr& call);       // 2205
void withdraw_stay_lines(const CallPtr& call);  // 2302
void admit(const CallPtr& call);                // 2401
void discharge(const CallPtr& call);            // 2402
void change_stay(const CallPtr& call);          // 2403
void cancel_admission(const CallPtr& call);     // 2404
void cancel_discharge(const CallPtr& call);     // 2405
void try_purchase(const CallPtr& call);         // 2101
void settle_purchase(const CallPtr& call);      // 2102
void try_visit(const CallPtr& call);            // 2206, 2206A, 2303
void settle_visit(const CallPtr& call);         // 2207, 2207A, 2304
void cancel_settlement(const CallPtr& call);    // 2103, 2208, 2305
void reverse_message(const CallPtr& call);      // 2601
void query_visits(const CallPtr& call);         // 5201
void query_settlement(const CallPtr& call);     // 5203
void query_lines(const CallPtr& call);          // 5204
void query_totals(const CallPtr& call);         // 5206
void query_diseases(const CallPtr& call);       // 5301
void query_stays(const CallPtr& call);          // 5303
void query_diagnoses(const CallPtr& call);      // 5202
void query_chronic_drugs(const CallPtr& call);  // 5205
void keep_document(const CallPtr& call);        // the uploads of uploads.h
void query_kept(const CallPtr& call);    // and their queries: 1317, 3508 to 3513, 5101, 5102, 5302, 5304 ...
void delete_goods(const CallPtr& call);  // 3507
void change_list_state(const CallPtr& call);   // 4102
void query_list(const CallPtr& call);          // 4103
void count_lists(const CallPtr& call);         // 4105
void download_catalogue(const CallPtr& call);  // 1301 to 1327 but those of query_catalogue
void query_catalogue(const CallPtr& call);     // 1304, 1312, 1316, 1318, 1319
void query_codes(const CallPtr& call);         // 1901
void query_institutions(const CallPtr& call);  // 1201
void upload_file(const CallPtr& call);         // 9101
void download_file(const CallPtr& call);       // 9102
void compare_totals(const CallPtr& call);      // 3201
void compare_details(const CallPtr& call);     // 3202

}  // namespace fenming
