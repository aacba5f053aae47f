#include "store/views.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace fenming {
namespace {

using enum ViewColumn::Type;

constexpr ViewColumn record_columns[] = {
    {"pos", integer, "日志位置", "position in the journal"},
    {"time", text, "记录时间", "time of the record"},
    {"booked", text, "入账日", "day of the books"},
    {"action", text, "命令", "what the command was"},
    {"provider", text, "定点医药机构", "provider that sent it"},
    {"made_by", text, "经办人", "operator"},
    {"psn_no", text, "人员编号", "first person it is about"},
    {"previous", integer, "该人员上一条记录的位置", "position of that person's record before; 0: none"},
    {"made", text, "生成的编号", "id that it made"},
    {"bytes", integer, "记录字节数", "size of the record"},
    {"mdtrt_id", text, "上传明细所属的就诊ID", "visit that its lines were uploaded to"},
    {"entries", text, "分录（JSON），见 entry", "its ledger entries as JSON: see entry"},
    {"lines", text, "费用明细（JSON），见 fee_line", "fee lines that it brought as JSON: see fee_line"},
    {"settled", text, "上传明细的结算结果（JSON），见 settled_line",
     "what became of uploaded lines as JSON: see settled_line"},
};
constexpr ViewColumn message_columns[] = {
    {"provider", text, "定点医药机构", "provider"},
    {"msgid", text, "报文号", "message id"},
    {"infno", text, "交易编号", "transaction"},
    {"pos", integer, "日志位置", "record that answers for it"},
    {"kind", integer, "0 已办理 1 已作废", "0 done, 1 tombstone: reversed before it came"},
};
constexpr ViewColumn settlement_columns[] = {
    {"setl_id", text, "结算ID", "settlement"},
    {"pos", integer, "日志位置", "record"},
    {"booked", text, "入账日", "day of the books"},
    {"provider", text, "定点医药机构", "provider"},
    {"kind", text, "结算/冲正/调整", "settled, cancelled, adjusted"},
    {"corrects", text, "所更正的结算ID", "settlement that it corrects"},
    {"psn_no", text, "人员编号", "person"},
    {"mdtrt_id", text, "就诊ID", "visit"},
    {"med_type", text, "就诊类别", "kind of visit"},
    {"begndate", text, "开始日期", "first day"},
    {"enddate", text, "结束日期", "last day"},
    {"setl_date", text, "结算日期", "day of settlement"},
    {"pending", integer, "待确认", "1: waits for its confirmation when made"},
    {"medfee_sumamt", integer, "医疗费总额", "total"},
    {"overlmt_selfpay", integer, "超限价自费", "above price limits"},
    {"fulamt_ownpay_amt", integer, "全自费", "outside the scope"},
    {"preselfpay_amt", integer, "先行自付", "paid by the person first"},
    {"inscp_scp_amt", integer, "符合政策范围", "in scope"},
    {"act_pay_dedc", integer, "实际支付起付线", "deductible"},
    {"fund_pay_sumamt", integer, "基金支付总额", "funds"},
    {"acct_pay", integer, "个人账户支付", "personal account"},
    {"acct_mulaid_pay", integer, "账户共济支付", "family's account"},
    {"psn_cash_pay", integer, "个人现金支付", "cash"},
    {"hosp_part_amt", integer, "医院负担", "provider's own share"},
    {"funds", text, "基金分项（JSON），见 settlement_fund", "its funds as JSON: see settlement_fund"},
};
constexpr ViewColumn settlement_fund_beside[] = {
    {"setl_id", text, "结算ID", "settlement"},
    {"pos", integer, "日志位置", "record"},
};
constexpr ViewColumn settlement_fund_elements[] = {
    {"fund", text, "基金", "fund, as the region's policy names it"},
    {"amount", integer, "金额（分）", "fen"},
};
constexpr ViewColumn fee_line_beside[] = {
    {"pos", integer, "上传或结算该明细的记录位置", "record that brought the line"},
    {"mdtrt_id", text, "就诊ID", "visit; empty: counter sale"},
};
constexpr ViewColumn fee_line_elements[] = {
    {"feedetl_sn", text, "费用明细流水号", "line"},
    {"init_feedetl_sn", text, "原费用流水号", "line that it refunds"},
    {"chrg_bchno", text, "收费批次号", "batch"},
    {"fee_ocur_date", text, "费用发生日期", "day of service"},
    {"med_list_codg", text, "医疗目录编码", "item"},
    {"name", text, "名称", "name"},
    {"cnt_millionths", integer, "数量（百万分之一）", "quantity in millionths"},
    {"pric_millionths", integer, "单价（百万分之一元）", "price in millionths of a yuan"},
    {"det_item_fee_sumamt", integer, "明细金额（分）", "amount"},
    {"overlmt_selfpay", integer, "即时结算的结果：超限价自费",
     "a counter sale's result: above the price limit"},
    {"fulamt_ownpay_amt", integer, "全自费", "outside the scope"},
    {"preselfpay_amt", integer, "先行自付", "paid first"},
    {"inscp_scp_amt", integer, "符合政策范围", "in scope; lines uploaded to a visit: see settled_line"},
};
constexpr ViewColumn settled_line_beside[] = {
    {"pos", integer, "结算记录位置", "record of the settlement"},
};
constexpr ViewColumn settled_line_elements[] = {
    {"line_pos", integer, "明细所在记录位置", "fee_line.pos"},
    {"line_n", integer, "明细序号", "fee_line.n"},
    {"amount", integer, "金额", "amount"},
    {"overlmt_selfpay", integer, "超限价自费", "above the price limit"},
    {"fulamt_ownpay_amt", integer, "全自费", "outside the scope"},
    {"preselfpay_amt", integer, "先行自付", "paid first"},
    {"inscp_scp_amt", integer, "符合政策范围", "in scope"},
};
constexpr ViewColumn entry_beside[] = {
    {"pos", integer, "日志位置", "record"},
    {"booked", text, "入账日", "day of the books"},
};
constexpr ViewColumn entry_elements[] = {
    {"kind", text, "科目", "kind of account"},
    {"owner", text, "户主", "owner"},
    {"amount", integer, "收（+）付（−）金额（分）", "fen, + received, - given"},
};
constexpr ViewColumn balance_day_columns[] = {
    {"booked", text, "入账日", "day of the books"},
    {"kind", text, "科目", "kind of account"},
    {"owner", text, "户主（个人科目合计时为空）", "owner; empty for the sum over persons"},
    {"amount", integer, "当日净额（分）", "net of the day, fen"},
};
constexpr ViewColumn visit_columns[] = {
    {"mdtrt_id", text, "就诊ID", "visit"},
    {"psn_no", text, "人员编号", "person"},
    {"provider", text, "定点医药机构", "provider"},
    {"med_type", text, "就诊类别", "kind"},
    {"number", text, "住院/门诊号", "the provider's own number"},
    {"begndate", text, "开始日期", "first day"},
    {"enddate", text, "结束日期", "last day; empty: open"},
    {"status", text, "状态", "open, closed, cancelled"},
};

constexpr ViewColumn person_index_columns[] = {
    {"found_by", text, "证件号码的盲索引", "blind index of a number: HMAC under a key outside the store"},
    {"psn_no", text, "人员编号", "person"},
};
constexpr ViewColumn document_columns[] = {
    {"kind", text, "交易编号", "transaction that uploaded it"},
    {"provider", text, "定点医药机构", "provider"},
    {"subject", text, "对象编号", "what it is about"},
    {"pos", integer, "日志位置", "record; the last one counts"},
    {"psn_no", text, "人员编号", "whose it is; empty: nobody's"},
    {"withdrawn", integer, "已撤销", "1: taken back"},
};

constexpr ViewTableInfo tables[view_table_count] = {
    {"record", "全部记录", "every record", record_columns, 1, false},
    {"message", "报文", "messages answered", message_columns, 3, false},
    {"settlement", "结算", "settlements, their cancellations and adjustments", settlement_columns, 1, false},
    {"balance_day", "日余额变动", "accounts by day", balance_day_columns, 3, true},
    {"visit", "就诊", "visits", visit_columns, 1, false},
    {"person_index", "人员盲索引", "persons by number", person_index_columns, 2, false},
    {"document", "上传资料", "uploads that are kept", document_columns, 4, false},
};

constexpr PackedRows packed[] = {
    {"settlement_fund", "结算基金分项", "a settlement's funds", ViewTable::settlement, "funds",
     settlement_fund_beside, settlement_fund_elements},
    {"fee_line", "费用明细", "fee lines", ViewTable::record, "lines", fee_line_beside, fee_line_elements},
    {"settled_line", "上传明细的结算结果", "what became of uploaded lines", ViewTable::record, "settled",
     settled_line_beside, settled_line_elements},
    {"entry", "分录", "ledger entries", ViewTable::record, "entries", entry_beside, entry_elements},
};

constexpr std::size_t block_bytes = 256 << 10;

}  // namespace

const ViewTableInfo& info(ViewTable table) { return tables[static_cast<std::size_t>(table)]; }

std::span<const PackedRows> packed_rows() { return packed; }

std::string_view ViewRows::keep(std::string_view text) {
  if (text.size() > block_size_ - block_used_) {
    block_size_ = std::max(block_bytes, text.size());
    block_used_ = 0;
    blocks_.push_back(std::make_unique<char[]>(block_size_));
  }
  char* const begin = blocks_.empty() ? nullptr : blocks_.back().get() + block_used_;
  if (!text.empty()) std::memcpy(begin, text.data(), text.size());
  block_used_ += text.size();
  return {begin, text.size()};
}

void ViewRows::add(ViewTable table, std::initializer_list<ViewCell> row) {
  CHECK(row.size() == info(table).columns.size(), "a row has a cell for every column");
  if (info(table).adds && added(table, row)) return;
  auto& cells = cells_[static_cast<std::size_t>(table)];
  cells.insert(cells.end(), row.begin(), row.end());
}

bool ViewRows::added(ViewTable table, std::initializer_list<ViewCell> row) {
  key_.assign(1, static_cast<char>(table));
  for (const ViewCell& cell : std::span(row.begin(), info(table).key_columns)) {
    const auto* text = std::get_if<std::string_view>(&cell);
    key_ += text != nullptr ? *text : std::to_string(std::get<std::int64_t>(cell));
    key_ += '\0';
  }
  auto& cells = cells_[static_cast<std::size_t>(table)];
  const auto [at, is_new] = sums_.try_emplace(key_, cells.size() + row.size() - 1);
  if (!is_new)
    std::get<std::int64_t>(cells[at->second]) += std::get<std::int64_t>(row.begin()[row.size() - 1]);
  return !is_new;
}

std::size_t ViewRows::count(ViewTable table) const {
  return cells_[static_cast<std::size_t>(table)].size() / info(table).columns.size();
}

std::span<const ViewCell> ViewRows::row(ViewTable table, std::size_t index) const {
  const std::size_t width = info(table).columns.size();
  return std::span(cells_[static_cast<std::size_t>(table)]).subspan(index * width, width);
}

void ViewRows::clear() {
  for (auto& cells : cells_) cells.clear();
  sums_.clear();
  blocks_.clear();
  block_used_ = block_size_ = 0;
}

}  // namespace fenming
