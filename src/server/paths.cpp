#include "server/paths.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "protocol/interface.h"

namespace fenming {
namespace {

constexpr std::string_view whole[] = {"/fsi/api/callService", "/mbs/fmi/fsi/api/callFsiService/callService",
                                      "/CSB", "/power-csb/powercsb"};

struct ServicePath {
  std::string_view path, infno;  // behind /fsi/api/
};
constexpr ServicePath services[] = {{"fsiPsnInfoService/queryPsnInfo", "1101"},
                                    {"hsecfc/localQrCodeQuery", "1162"},
                                    {"fsiFixMedInsService/queryFixMedIns", "1201"},
                                    {"catalogqueryservice/queryMedinsHilistMapByPage", "1316"},
                                    {"catalogqueryservice/queryMedListMapByPage", "1317"},
                                    {"catalogqueryservice/queryLmtprcByPage", "1318"},
                                    {"catalogqueryservice/querySelfpayByPage", "1319"},
                                    {"catalogqueryservice/queryDataDic", "1901"},
                                    {"fsiPsnPriorityInfoService/queryPsnPriorityInfo", "2001"},
                                    {"outpatientDocInfoService/outpatientRregistration", "2201"},
                                    {"outpatientDocInfoService/outpatientRegistrationCancel", "2202"},
                                    {"outpatientDocInfoService/outpatientMdtrtinfoUp", "2203"},
                                    {"outpatientDocInfoService/outpatientMdtrtinfoUpA", "2203A"},
                                    {"outpatientDocInfoService/outpatientFeeListUp", "2204"},
                                    {"outpatientDocInfoService/outpatientFeeListUpCancel", "2205"},
                                    {"outpatientSettleService/preSettletment", "2206"},
                                    {"outpatientSettleService/preSettletmentA", "2206A"},
                                    {"outpatientSettleService/saveSettletmentV2", "2207"},
                                    {"outpatientSettleService/saveSettletment", "2207A"},
                                    {"outpatientSettleService/cancleSettletment", "2208"},
                                    {"hospFeeDtlService/feeDtlUp", "2301"},
                                    {"hospFeeDtlService/feeDtlCl", "2302"},
                                    {"hospSettService/preSett", "2303"},
                                    {"hospSettService/settV2", "2304"},
                                    {"hospSettService/settCl", "2305"},
                                    {"hospitalRegisterService/hospitalRegisterSave", "2401"},
                                    {"hospitalRegisterService/hospitalRegisterEdit", "2403"},
                                    {"hospitalRegisterService/hospitalRegisterCancel", "2404"},
                                    {"dscgService/dischargeProcess", "2402"},
                                    {"dscgService/dischargeUndo", "2405"},
                                    {"reverseService/revsMethod", "2601"},
                                    {"riskConService/beforeAnalyze", "3101"},
                                    {"riskConService/courseAnalyze", "3102"},
                                    {"ybSettlementStmtService/stmtTotal", "3201"},
                                    {"ybSettlementStmtService/stmtDetail", "3202"},
                                    {"catalogCompService/catalogCompUp", "3301"},
                                    {"department/saveDepartmentManageInfo", "3401"},
                                    {"department/saveDepartmentManageBatch", "3401A"},
                                    {"department/modifyDepartmentInfo", "3402"},
                                    {"department/pauseDepartmentInfo", "3403"},
                                    {"goodsService/goodsUpload", "3501"},
                                    {"goodsService/goodsUpdate", "3502"},
                                    {"goodsService/goodsBuy", "3503"},
                                    {"goodsService/goodsBuyReturn", "3504"},
                                    {"goodsService/goodsSell", "3505"},
                                    {"goodsService/goodsSellReturn", "3506"},
                                    {"goodsService/goodsInfoDelete", "3507"},
                                    {"medinfoupload/setllistinfoupld", "4101"},
                                    {"medinfoupload/setllistinfoupldA", "4101A"},
                                    {"medinfoupload/queryQltctrlProblemPage", "4104"},
                                    {"fsiIntegratedQueryService/queryFixmedinsDept", "5101"},
                                    {"fsiIntegratedQueryService/queryFixmedinsPracPsn", "5102"},
                                    {"fsiIntegratedQueryService/querySetlInfo", "5203"},
                                    {"fsiIntegratedQueryService/queryFeeList", "5204"},
                                    {"fsiIntegratedQueryService/queryFixmedinsPracPsnSum", "5206"},
                                    {"fsiIntegratedQueryService/queryPsnOpspReg", "5301"},
                                    {"fsiIntegratedQueryService/queryInhospInfo", "5303"}};
constexpr std::string_view services_base = "/fsi/api/";
constexpr ServicePath absolute[] = {
    {"/hsecfc/localQrCodeQuery", "1162"},
    {"/api/fsiextend/medinsmonsettlement/medinsDaySetlReconciliation", "3211"},
    {"/api/fsiextend/medinsmonsettlement/qMedinsDaySetlResult", "3212"}};

}  // namespace

std::optional<MessagePath> message_path_of(std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path == message_path) return MessagePath{{}, false};
  if (std::ranges::find(whole, path) != std::end(whole)) return MessagePath{{}, true};
  for (const ServicePath& service : absolute)
    if (path == service.path) return MessagePath{service.infno, true};
  if (path.starts_with(services_base)) {
    const auto found = std::ranges::find(services, path.substr(services_base.size()), &ServicePath::path);
    if (found != std::end(services)) return MessagePath{found->infno, true};
  }
  // A base of the region's own and the transaction behind it.
  const std::string_view last = path.substr(path.rfind('/') + 1);
  if (find_transaction(last) == nullptr) return std::nullopt;
  return MessagePath{last, path.substr(0, path.size() - last.size()) != std::string(message_path) + "/"};
}

}  // namespace fenming
