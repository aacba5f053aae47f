#include "cli/store_arguments.h"

#include <CLI/CLI.hpp>

namespace fenming {

CLI::App* StoreArguments::command(CLI::App& parent, const char* name, const char* what,
                                  int (*run)(Terminal&, const StoreOptions&)) {
  CLI::App* command = parent.add_subcommand(name, what);
  command->add_option("--lang", language_, "zh 或 en / zh or en")->check(CLI::IsMember({"zh", "en"}));
  choices_.push_back({command, run});
  return command;
}

CLI::App* StoreArguments::with_folder(CLI::App& parent, const char* name, const char* what,
                                      int (*run)(Terminal&, const StoreOptions&)) {
  CLI::App* made = command(parent, name, what, run);
  made->add_option("DIR", options_.store, "存储目录 / the store")->required();
  return made;
}

void StoreArguments::add_to(CLI::App& app) {
  CLI::App* adopt =
      with_folder(app, "adopt", "启用政策库和目录 / put rules and a catalogue in force", adopt_command);
  adopt->add_option("--rules", options_.rules, "政策库文件夹 / a library")->required()->type_name("DIR");
  adopt->add_option("--catalog", options_.catalogue, "目录 CSV / catalogue of items")->type_name("FILE");
  adopt->add_option("--by", options_.by, "经办人 / who does it")->required();
  with_folder(app, "verify", "核对存储：摘要链、恒等式、状态 / check chain, identities and state",
              verify_store_command)
      ->add_option("--key", options_.key, "签名公钥（PEM）/ public key of the signed heads")
      ->type_name("FILE");
  with_folder(app, "replay", "重算每条记录并逐字节比较 / decide every record again and compare",
              replay_command);
  with_folder(app, "rebuild", "由日志重建视图 / make the views anew from the journal", rebuild_command);
  with_folder(app, "backup", "备份 / copy the store", backup_command)
      ->add_option("TO", options_.to, "目标目录 / where to")
      ->required();
  with_folder(app, "restore", "由备份恢复并核对 / restore a copy and verify it", restore_command)
      ->add_option("TO", options_.to, "新的存储目录 / the new store")
      ->required();
  with_folder(app, "export", "导出各表为 CSV / every table as CSV", export_command)
      ->add_option("TO", options_.to, "目标目录 / where to")
      ->required();
  CLI::App* outcome =
      with_folder(app, "outcome", "一条报文的最终结果 / what became of a message", outcome_command);
  outcome->add_option("MSGID", options_.message, "报文号 / message id")->required();
  outcome->add_option("--provider", options_.provider, "定点医药机构编号 / provider")->required();
  outcome->add_option("--infno", options_.transaction, "交易编号 / transaction")->required();
  add_import(app);
}

void StoreArguments::add_import(CLI::App& app) {
  CLI::App* import = command(
      app, "import", "导入人员、机构、账户、待遇状态、共济授权、目录 / files into a store", import_command);
  import->add_option("KIND", options_.kind, "persons, providers, accounts, statuses, consents, catalog")
      ->required()
      ->check(CLI::IsMember({"persons", "providers", "accounts", "statuses", "consents", "catalog"}));
  import->add_option("--by", options_.by, "经办人（目录须填）/ who does it; needed for a catalogue");
  import->add_option("FILE", options_.file, "CSV（docs/import-format.md）/ the file")->required();
  import->add_option("--store", options_.store, "存储目录 / the store")->required()->type_name("DIR");
  import
      ->add_option("--keys", options_.key,
                   "密钥目录，用于加密个人信息 / key folder; without it personal data is only checked")
      ->type_name("DIR");
  import->add_option("--report", options_.report, "问题报告 / where problems are listed")->type_name("FILE");
  add_receipt(app);
  CLI::App* clock = app.add_subcommand("clock", "时钟 / the clock");
  clock->require_subcommand(1);
  with_folder(*clock, "accept", "确认系统时钟可信 / trust the clock again", clock_accept_command)
      ->add_option("--by", options_.by, "确认人 / who does it")
      ->required();
  add_keys(app);
  CLI::App* simulate =
      with_folder(app, "simulate", "模拟虚构地区的一年 / a year of a make-believe region", simulate_command);
  simulate->add_option("--persons", options_.persons, "人数 / persons")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  simulate->add_option("--seed", options_.seed, "种子 / seed")->capture_default_str();
  simulate->add_option("--days", options_.days, "天数 / days")
      ->check(CLI::Range(1, 365))
      ->capture_default_str();
  simulate->add_option("--in-flight", options_.in_flight, "同时在办 / commands at once")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  simulate->add_option("--keys", options_.key, "密钥目录，用于签名 / key folder, to sign heads")
      ->type_name("DIR");
  simulate->add_option("--rules", options_.rules, "政策库文件夹 / a library")->type_name("DIR");
}

void StoreArguments::add_keys(CLI::App& app) {
  CLI::App* keys = app.add_subcommand("keys", "个人信息的密钥 / keys of personal data");
  keys->require_subcommand(1);
  command(*keys, "rotate", "更换主密钥，密文不变 / a new master key; no ciphertext changes",
          keys_rotate_command)
      ->add_option("KEYS", options_.key, "密钥目录 / key folder")
      ->required();
  CLI::App* erase =
      command(*keys, "erase", "永远销毁一组人员或机构的数据 / make a group's data unreadable for good",
              keys_erase_command);
  erase->add_option("KEYS", options_.key, "密钥目录 / key folder")->required();
  CLI::Option* group = erase->add_option("GROUP", options_.group, "g000..g255, p00..p15");
  CLI::Option* person =
      erase->add_option("--person", options_.person, "该人员所在的组 / the group of this psn_no")
          ->excludes(group);
  erase->add_flag("--yes", options_.confirmed, "确认 / that is meant");
  erase->callback([group, person] {
    if (group->count() + person->count() == 0) throw CLI::RequiredError("GROUP");
  });
}

void StoreArguments::add_receipt(CLI::App& app) {
  CLI::App* receipt = command(
      app, "receipt", "一条记录的凭证，或核对凭证 / proof that a record is in the journal, or its check",
      receipt_command);
  receipt->add_option("DIR", options_.store, "存储目录 / the store");
  receipt->add_option("POSITION", options_.position, "日志位置 / position");
  CLI::Option* to = receipt->add_option("TO", options_.to, "凭证文件 / the file");
  receipt->add_flag("--record", options_.with_record, "附上记录本身 / with the record itself");
  CLI::Option* check = receipt->add_option("--check", options_.check, "核对凭证文件 / a receipt to check")
                           ->type_name("FILE")
                           ->excludes(to);
  CLI::Option* key =
      receipt->add_option("--key", options_.key, "签名公钥（PEM）/ public key of the signed heads")
          ->type_name("FILE")
          ->needs(check);
  check->needs(key);
  receipt->callback([this] {
    if (options_.check.empty() && options_.to.empty()) throw CLI::RequiredError("DIR POSITION TO");
  });
  CLI::App* statement = with_folder(
      app, "statement", "机构对账总额（3201）/ a provider's totals of some days", statement_command);
  statement->add_option("--provider", options_.provider, "定点医药机构编号 / provider")->required();
  statement->add_option("--from", options_.from, "入账日起 / first day of the books")->required();
  statement->add_option("--to", options_.until, "入账日止 / last day")->required();
  CLI::App* merge =
      with_folder(app, "merge", "两个人员编号合并为一人 / two numbers of one person", merge_command);
  merge->add_option("--kept", options_.kept, "保留的人员编号 / the number that stays")->required();
  merge->add_option("--merged", options_.merged, "并入的人员编号 / the number given up")->required();
  merge->add_option("--by", options_.by, "经办人 / who does it")->required();
}

int (*StoreArguments::chosen() const)(Terminal&, const StoreOptions&) {
  for (const Choice& choice : choices_)
    if (choice.command->parsed()) return choice.run;
  return nullptr;
}

}  // namespace fenming
