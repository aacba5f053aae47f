// Queries of what providers sent to be kept (uploads.h): departments, staff, mappings, goods, self-paying patients, reports, filings.
#include <algorithm>
#include <iterator>

#include "server/kept_rows.h"
#include "server/node.h"
#include "server/pages.h"
#include "server/person_view.h"
#include "server/setlinfo.h"
#include "server/transactions.h"
#include "server/tx_words.h"
#include "server/uploads.h"
#include "settlement/cells.h"

namespace fenming {
namespace {

constexpr bool newest = true, every = false, person = true, own = false;
constexpr std::string_view goods =
    "medins_list_codg=fixmedins_hilist_id medins_list_name=fixmedins_hilist_name "
    "drug_trac_codg=drug_trac_code";
constexpr std::string_view number = "trt_dcla_detl_sn=";

constexpr KeptQuery table[] = {
    {"1317", "3301", "data", "fixmedins_hilist_id", "fixmedins_hilist_id", newest, own, "",
     "medins_list_codg=fixmedins_hilist_id medins_list_name=fixmedins_hilist_name"},
    {"2407", "2406", "data", "ipt_psn_sp_flag_type", "=", every, own, "", "ipt_psn_sp_flag_detl_id="},
    {"3508", "3501", "output", "inv_cnt", "fixmedins_bchno", newest, own, "invdate", goods},
    {"3509", "3502", "output", "inv_chg_type", "fixmedins_bchno", every, own, "inv_chg_time", goods},
    {"3510", "3503", "output", "purc_retn_cnt", "fixmedins_bchno", every, own, "purc_retn_stoin_time", goods},
    {"3511", "3505", "output", "sel_retn_cnt", "fixmedins_bchno", every, own, "sel_retn_time", goods},
    {"3512", "3501 3502", "output", "drug_trac_codg drug_trac_code", "fixmedins_bchno", every, own, "invdate",
     goods},
    {"3513", "3505", "output", "drug_trac_codg drug_trac_code", "fixmedins_bchno", every, own,
     "sel_retn_time", goods},
    {"4207", "4201 4201A 4205", "data", "det_item_fee_sumamt", "fixmedins_mdtrt_id", every, own, "",
     "detltem_fee_sumamt=det_item_fee_sumamt fixmedins_mdtrt_id=mdtrt_sn"},
    {"4208", "4202 4205", "data", "psn_name", "fixmedins_mdtrt_id", newest, own, "begntime", "",
     "medfee_sumam_t"},
    {"4209", "4202 4205", "data", "diag_code", "fixmedins_mdtrt_id", every, own, "", ""},
    {"4509", "4503", "data", "exam_rslt", "rpotc_no", newest, own, "",
     "coly_code=germ_code coly_name=germ_name exam__rslt=exam_rslt"},
    {"4510", "4504", "data", "exam_rslt", "rpotc_no", every, own, "",
     "coly_code=germ_code coly_name=germ_name"},
    {"4511", "4505", "data", "palg_no", "palg_no", newest, own},
    {"4512", "4506", "data", "file_name", "appy_no", every, own},
    {"5101", "3401", "feedetail", "hosp_dept_codg", "hosp_dept_codg", newest, own},
    {"5102", "3467", "data", "dr_name", "dr_codg", newest, own, "",
     "prac_psn_code=dr_codg prac_psn_name=dr_name prac_psn_no=prac_dr_id psn_cert_type=cert_type",
     "prac_psn_type"},
    {"5302", "2505", "psnfixmedin", "fix_srt_no", "=", every, person},
    {"5304", "2501", "refmedin", "refl_type reflin_medins_no", "=", every, person, "refl_date", number},
    {"90101", "90201", "result", "psn_no", "=", every, person, "", number},
    {"90102", "90202", "result", "psn_no", "=", every, person, "", number},
    {"90103", "90203", "result", "psn_no", "=", every, person, "", number},
};
static_assert(std::ranges::is_sorted(table, {}, &KeptQuery::infno));

using Documents = Result<std::vector<KeptDocument>>;

// What the uploads are about, when the question names just that: then older ones are reached too.
std::string_view subject_asked(const KeptQuery& query, std::string_view family, const WireRow& question) {
  const bool by_key = std::ranges::all_of(uploads(), [&](const Upload& one) {
    return one.family != family || one.subject.substr(0, one.subject.find(' ')) == query.key;
  });
  return by_key ? question.text(query.key) : std::string_view();
}

Documents documents_for(const Call& call, const KeptQuery& query, const WireRow& question,
                        std::string_view psn_no) {
  std::vector<KeptDocument> all;
  for (std::string_view rest = query.families; !rest.empty();) {
    const std::string_view family = rest.substr(0, rest.find(' '));
    rest = family.size() == rest.size() ? std::string_view() : rest.substr(family.size() + 1);
    auto some = query.person && !psn_no.empty() ? documents_about(call.node(), psn_no, family)
                                                : documents_of(call.node(), call.provider(), family,
                                                               subject_asked(query, family, question));
    if (!some) return some;
    for (KeptDocument& one : *some) std::string().swap(one.json);  // its rows say the same
    std::ranges::move(*some, std::back_inserter(all));
  }
  std::ranges::stable_sort(all, {}, &KeptDocument::position);
  return all;
}

// What the register and the record say of a row that the upload did not.
class Surroundings {
 public:
  explicit Surroundings(const Call& call) : call_(call) {}

  std::optional<Error> failure;  // of the store: what was said then is not whole

  std::string operator()(const StandingRow& standing, std::string_view field) {
    const KeptDocument& document = *standing.document;
    if (field == "fixmedins_code") return document.provider;
    if (field == "vali_flag" || field == "valiFlag") return "1";
    if (field == "rid") return std::to_string(document.position);
    if (field == "insu_admdvs" || field == "insu_optins") return call_.node().words().region;
    if (field.ends_with("updt_time") || field == "crte_time" || field == "opt_time")
      return time_text(document.time);
    if (document.psn_no.empty()) return {};
    if (document.psn_no != person_.psn_no) {
      auto object = call_.node().desk().object(person_object(document.psn_no));
      if (!object) {
        failure = std::move(object.error());
        return {};
      }
      person_ = view_person(call_.node().vault(), document.psn_no, object->find("rs"));
      call_.accessed(document.psn_no);
    }
    if (field == "psn_name") return person_.name;
    if (field == "certno") return person_.certno;
    if (field == "psn_cert_type") return person_.cert_type;
    if (field == "gend") return person_.sex;
    if (field == "brdy") return person_.born ? to_text(*person_.born) : "";
    return {};
  }

 private:
  const Call& call_;
  PersonView person_;
};

// REQ SEC-06. Of a patient who is not insured nobody's number stands in the record, but that he was shown does.
bool names_a_patient(std::string_view field) {
  constexpr std::string_view names[] = {"psn_name", "patn_name", "certno", "patn_certno", "tel"};
  return std::ranges::find(names, field) != std::end(names);
}

Checked<std::string> answer(const Call& call, const KeptQuery& query) {
  const Request& request = call.request();
  const auto inputs = request.transaction().input;
  const WireRow question = inputs.empty() ? WireRow() : request.row(inputs.front().name);
  const std::string psn_no(question.text("psn_no"));
  if (query.person && !psn_no.empty())
    if (const auto known = known_person(call, psn_no, question.pointer("psn_no")); !known)
      return std::unexpected(std::vector{known.error()});
  const auto documents = documents_for(call, query, question, psn_no);
  if (!documents) return std::unexpected(std::vector{documents.error()});
  std::vector<StandingRow> rows = standing_rows(*documents, query);
  std::erase_if(rows, [&](const StandingRow& one) { return !asked_for(one, query, question); });
  const WireNode* node = find_node(request.transaction().output, query.node);
  const WireNode* bare = find_node(request.transaction().output, "");
  if (node == nullptr || (!node->edition && bare != nullptr && bare->edition)) node = bare;
  Surroundings around(call);
  const Page page = page_of(question, rows.size());
  bool uninsured = false;
  JsonOut json;
  json.open_object().key(query.node).open_array();
  for (std::size_t i = page.first; i < page.end; ++i) {
    json.open_object();
    for (const WireField& field : node->fields) {
      if (node == bare && node->edition && !field.edition) continue;  // the page's own members
      const std::string_view kept = kept_value(rows[i], query, field.name);
      uninsured =
          uninsured || (!kept.empty() && rows[i].document->psn_no.empty() && names_a_patient(field.name));
      json.field(field.name, kept.empty() ? around(rows[i], field.name) : std::string(kept));
    }
    json.close_object();
  }
  if (around.failure) return one(std::move(*around.failure));
  json.close_array();
  if (uninsured) call.accessed("");
  if (page.asked) write_page(json, page);
  return json.close_object().take();
}

}  // namespace

void query_kept(const CallPtr& call) {
  const auto query = std::ranges::lower_bound(table, call->request().envelope().infno, {}, &KeptQuery::infno);
  call->query_list([call, query] { return answer(*call, *query); });
}

}  // namespace fenming
