#include "server/paths.h"

#include <gtest/gtest.h>

#include <string>

namespace fenming {
namespace {

std::string seen(std::string_view path) {
  const auto found = message_path_of(path);
  return !found ? "no" : std::string(found->other ? "other " : "one ") + std::string(found->infno);
}

// spec/nhsa envelope.md 3.1, row by row.
TEST(Paths, every_style_of_the_regions) {
  EXPECT_EQ(seen("/fsi/api/rsfComIfsService/callService"), "one ");
  EXPECT_EQ(seen("/mbs/fmi/fsi/api/callFsiService/callService"), "other ");
  EXPECT_EQ(seen("/CSB"), "other ");
  EXPECT_EQ(seen("/base/of/a/region/2207"), "other 2207");
  EXPECT_EQ(seen("/2207"), "other 2207");
  EXPECT_EQ(seen("/fsi/api/rsfComIfsService/callService/2203A"), "one 2203A");
  EXPECT_EQ(seen("/fsi/api/rsfComIfsService/callService/"), "one ");
}

TEST(Paths, a_path_for_each_transaction_misspelt_as_they_are) {
  const std::pair<std::string_view, std::string_view> paths[] = {
      {"fsiPsnInfoService/queryPsnInfo", "1101"},
      {"hsecfc/localQrCodeQuery", "1162"},
      {"fsiFixMedInsService/queryFixMedIns", "1201"},
      {"catalogqueryservice/queryDataDic", "1901"},
      {"outpatientDocInfoService/outpatientRregistration", "2201"},
      {"outpatientDocInfoService/outpatientRegistrationCancel", "2202"},
      {"outpatientDocInfoService/outpatientMdtrtinfoUp", "2203"},
      {"outpatientDocInfoService/outpatientMdtrtinfoUpA", "2203A"},
      {"outpatientSettleService/preSettletment", "2206"},
      {"outpatientSettleService/preSettletmentA", "2206A"},
      {"outpatientSettleService/saveSettletmentV2", "2207"},
      {"outpatientSettleService/saveSettletment", "2207A"},
      {"outpatientSettleService/cancleSettletment", "2208"},
      {"hospFeeDtlService/feeDtlCl", "2302"},
      {"hospSettService/settV2", "2304"},
      {"hospSettService/settCl", "2305"},
      {"hospitalRegisterService/hospitalRegisterSave", "2401"},
      {"dscgService/dischargeUndo", "2405"},
      {"reverseService/revsMethod", "2601"},
      {"ybSettlementStmtService/stmtTotal", "3201"},
      {"ybSettlementStmtService/stmtDetail", "3202"},
      {"department/saveDepartmentManageBatch", "3401A"},
      {"goodsService/goodsInfoDelete", "3507"},
      {"medinfoupload/setllistinfoupldA", "4101A"},
      {"fsiIntegratedQueryService/querySetlInfo", "5203"},
      {"fsiIntegratedQueryService/queryInhospInfo", "5303"}};
  for (const auto& [path, infno] : paths)
    EXPECT_EQ(seen("/fsi/api/" + std::string(path)), "other " + std::string(infno)) << path;
  EXPECT_EQ(seen("/api/fsiextend/medinsmonsettlement/medinsDaySetlReconciliation"), "other 3211");
  EXPECT_EQ(seen("/api/fsiextend/medinsmonsettlement/qMedinsDaySetlResult"), "other 3212");
}

TEST(Paths, anything_else_is_none) {
  for (const std::string_view path :
       {"", "/", "//", "/fsi/api/", "/fsi/api/outpatientSettleService/cancelSettlement", "/2299", "/22 07",
        "/../2207x", "/csb"})
    EXPECT_EQ(seen(path), "no") << path;
}

}  // namespace
}  // namespace fenming
