#include "cli/command.hpp"

#include "http/api.hpp"
#include "http/server.hpp"

#include <sched.h>

#include <charconv>
#include <csignal>
#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct Options {
  std::string data, listen = "127.0.0.1:8080", certificate, key;
  std::uint64_t checkpoint_every = 1'000;
  std::uint32_t checkpoint_seconds = 60;
  std::uint32_t awake = 1'000; ///< microseconds
  SpaceLimits space;
};

/// `HOST:PORT`, an IPv6 address in brackets.
std::optional<std::pair<std::string, unsigned short>> split_address(const std::string& text) {
  auto colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  unsigned short port = 0;
  auto end = text.data() + text.size();
  auto read = std::from_chars(text.data() + colon + 1, end, port);
  if (read.ec != std::errc{} || read.ptr != end || host.empty()) return std::nullopt;
  return std::pair{host, port};
}

int misused(const char* zh, const char* en) {
  std::cerr << "mingce: " << zh << " | " << en << '\n';
  return usage;
}

/// A thread that is woken waits for its turn instead of interrupting the one that runs: what comes
/// in together is worked through together. Inherited by all threads; where it is refused, all is
/// as it was.
void work_in_batches() {
  sched_param ordinary{};
  ::sched_setscheduler(0, SCHED_BATCH, &ordinary);
}

int serve_with(const Options& options, const Statutes& statutes) {
  auto address = split_address(options.listen);
  if (!address) return misused("--listen 应为 地址:端口", "--listen must be HOST:PORT");
  if (!is_loopback(address->first))
    return misused("尚未设置访问令牌，只能监听本机回环地址",
                   "there are no access tokens: only a loopback address can be listened on");
  if (options.certificate.empty() != options.key.empty())
    return misused("--tls-cert 与 --tls-key 须同时给出", "give --tls-cert and --tls-key together");

  work_in_batches();
  auto office = Office::open(place_of(options.data), statutes, now, options.space);
  if (!office) return report_failure(office.error(), options.data);
  if ((*(*office)->log().keys())->is_new()) tell_new_keys((*office)->log().place());
  (*office)->sign_every(options.checkpoint_every, std::chrono::seconds(options.checkpoint_seconds));
  (*office)->keep_up();
  // After a failed write only a fresh start knows what is on disk: end, and let the supervisor
  // start again; clients retry with their keys.
  (*office)->on_failure([] { std::raise(SIGTERM); });
  Metrics metrics;
  metrics.on_scrape([&office] { return (*office)->log().size(); });
  Api api(**office, [&metrics] { return metrics.render(); });
  ServerOptions server{.host = address->first,
                       .port = address->second,
                       .tls_certificate = options.certificate,
                       .tls_key = options.key,
                       .awake = std::chrono::microseconds(options.awake)};
  auto served = serve(
      server,
      [&api](const Request& request, const Aside& aside, Reply reply) {
        api.answer(request, aside, std::move(reply));
      },
      metrics,
      [&] {
        std::cout << "mingce 正在监听 | listening on "
                  << (options.key.empty() ? "http://" : "https://") << options.listen << std::endl;
      });
  (*office)->stop();
  if ((*office)->has_failed()) return cannot_use;
  return served ? int(done) : report_failure(served.error());
}

} // namespace

void add_serve(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("serve", "运行服务 | run the server");
  command->add_option("--data", options->data, "数据目录 | data directory")->required();
  command->add_option("--listen", options->listen, "监听地址 | HOST:PORT to listen on")
      ->capture_default_str();
  command->add_option("--tls-cert", options->certificate, "TLS 证书（PEM）| TLS certificate");
  command->add_option("--tls-key", options->key, "TLS 私钥（PEM）| TLS private key");
  command
      ->add_option("--checkpoint-every", options->checkpoint_every,
                   "每记录多少条签一次检查点 | sign a checkpoint after so many entries")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command
      ->add_option("--checkpoint-seconds", options->checkpoint_seconds,
                   "至多隔多少秒签一次 | and at the latest after so many seconds")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
  command
      ->add_option(
          "--min-free", options->space.for_any,
          "可用空间低于此数即暂停写入，默认 1GiB 或磁盘的 2.5% | with less free space nothing "
          "is written; by default 1GiB, or 2.5% of the disk if that is less")
      ->transform(CLI::AsSizeValue(false));
  command
      ->add_option("--min-free-for-new", options->space.for_new,
                   "低于此数即不登记新申请，默认 5GiB 或磁盘的 5% | with less no new request is "
                   "registered; by default 5GiB, or 5%")
      ->transform(CLI::AsSizeValue(false));
  command
      ->add_option("--stay-awake", options->awake,
                   "处理请求之后多少微秒内不让处理器休眠，0 为不干预 | keep the processors from "
                   "sleeping for so many microseconds after a request; 0: do not")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command->callback([options, &statutes, &code] { code = serve_with(*options, statutes); });
}

} // namespace mingce
