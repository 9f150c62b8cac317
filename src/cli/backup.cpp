// The commands backup and restore.

#include "log/backup.hpp"
#include "cli/command.hpp"
#include "log/base64.hpp"

#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct BackupOptions {
  std::string data, to;
  bool list = false;
  BackupRetention retention;
  ListFormat format = ListFormat::text;
};

struct RestoreOptions {
  std::string data, from;
  std::optional<std::uint32_t> id;
};

std::string root_of(const Backup& backup) { return to_base64(as_text(backup.root)); }

std::span<const ListColumn> backup_columns() {
  static const std::array<ListColumn, 5> columns{{{"id", "编号"},
                                                  {"made_at", "备份时刻"},
                                                  {"entries", "条数"},
                                                  {"bytes", "字节"},
                                                  {"root", "根"}}};
  return columns;
}

int list_with(const BackupOptions& options) {
  auto backups = list_backups(options.to);
  if (!backups) return report_failure(backups.error(), options.to);
  ListWriter rows(backup_columns(), options.format);
  for (auto& backup : *backups)
    rows.add({{"id", backup.id},
              {"made_at", to_string(backup.made_at)},
              {"entries", backup.entries},
              {"bytes", backup.bytes},
              {"root", root_of(backup)}});
  std::cout << rows.finish();
  return done;
}

int backup_with(const BackupOptions& options) {
  if (options.list) return list_with(options);
  auto made = back_up(place_of(options.data), options.to, options.retention, now());
  if (!made) return report_failure(made.error(), options.data + " → " + options.to);
  std::cout << "备份 backup " << made->backup.id << "：" << made->backup.entries
            << " 条 entries，根 root " << root_of(made->backup) << '\n';
  if (!made->dropped.empty()) {
    std::cout << "已按保留规则删除 | dropped by the retention:";
    for (auto id : made->dropped) std::cout << ' ' << id;
    std::cout << '\n';
  }
  std::cout << "不含密钥，密钥另行备份 | without the keys, which are backed up apart: "
            << place_of(options.data).keys().string() << '\n';
  return done;
}

/// Older than what was signed: the server will refuse it, and its operator must know why.
void tell_missing(const Restored& restored, const LogPlace& place) {
  auto first = restored.verified.entries + 1;
  std::cout << "缺失 missing: 此备份早于锚，缺第 " << first << " 至 " << restored.anchor->size
            << " 条 | the backup is older than the anchor: entries " << first << " to "
            << restored.anchor->size
            << " are not in it\n"
               "服务将拒绝启动。先找更新的备份；确无更新的，留存锚作为证据并移走，再启动、补录："
            << place.anchor().string()
            << "\nThe server will refuse to start. Look for a newer backup; if there is none, keep "
               "the anchor as evidence, move it away, start, record again what is missing.\n";
}

int restore_with(const RestoreOptions& options) {
  auto place = place_of(options.data);
  Progress progress("核验 verifying", 0);
  auto count = progress.counter();
  auto restored = restore_backup(options.from, options.id, place, [&](Entry&& entry) {
    if (count && entry.seq % 65'536 == 0) count(entry.seq);
  });
  if (!restored)
    return report_failure(restored.error(),
                          restored.error().code == "not_empty" ? options.data : options.from);
  for (auto& fault : restored->verified.faults)
    std::cout << fault.message.zh << " | " << fault.message.en << " [" << fault.code << "]\n";
  std::cout << "已恢复备份 | restored backup " << restored->backup.id << "："
            << restored->verified.entries << " 条 entries，根 root " << root_of(restored->backup)
            << '\n';
  if (restored->checkpoint)
    std::cout << "其中最近的检查点 newest checkpoint in it: " << restored->checkpoint->size
              << " 条 entries\n";
  if (!restored->verified.has_keys)
    std::cout << "没有密钥：私密部分与签名未核验；启动之前先放回密钥 | no keys: private halves and "
                 "signatures were not checked; put the keys back before the server starts: "
              << place.keys().string() << '\n';
  else if (!restored->anchor)
    std::cout << "没有锚：无从得知此备份是否最新 | no anchor: nothing tells whether this is the "
                 "latest state\n";
  if (restored->missing() > 0) tell_missing(*restored, place);
  if (!restored->verified.faults.empty() || restored->missing() > 0) return refused;
  std::cout << "核验通过 | verified\n";
  return done;
}

} // namespace

void add_backup(CLI::App& app, int& code) {
  auto options = std::make_shared<BackupOptions>();
  auto* command = app.add_subcommand(
      "backup", "增量备份，可在服务运行时进行；不含密钥 | an incremental backup, also beside a "
                "running server; without the keys");
  auto* data = command->add_option("--data", options->data, "数据目录 | data directory");
  command->add_option("--to", options->to, "备份目录 | directory of the backups")->required();
  command
      ->add_option("--keep", options->retention.count, "至少保留最近几个 | keep the last so many")
      ->check(CLI::Range(1u, 1'000'000u));
  command
      ->add_option_function<std::uint32_t>(
          "--keep-days",
          [options](std::uint32_t days) { options->retention.age = std::chrono::days(days); },
          "至少保留几天以内的 | and those not older than so many days")
      ->check(CLI::Range(1u, 100'000u));
  auto* list = command->add_flag("--list", options->list, "列出备份 | list the backups");
  add_format(*command, options->format);
  command->callback([options, data, list, &code] {
    if (data->empty() && list->empty()) throw CLI::RequiredError("--data");
    code = backup_with(*options);
  });
}

void add_restore(CLI::App& app, int& code) {
  auto options = std::make_shared<RestoreOptions>();
  auto* command =
      app.add_subcommand("restore", "恢复备份到空目录，并核验全部条目 | restore a backup "
                                    "into an empty directory and verify all of it");
  command->add_option("--from", options->from, "备份目录 | directory of the backups")->required();
  command->add_option("--data", options->data, "空目录或不存在的目录 | empty, or not there")
      ->required();
  command->add_option("--backup", options->id,
                      "备份编号，默认最新 | which one, by default the newest");
  command->callback([options, &code] { code = restore_with(*options); });
}

} // namespace mingce
