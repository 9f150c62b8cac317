// The control of test_power.py: writes numbered rows to RocksDB and prints each number once the
// write is acknowledged; or counts them. `crash_writer write DIR synced|unsynced`, `… count DIR`.

#include <rocksdb/db.h>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace {

std::unique_ptr<rocksdb::DB> open(const char* directory) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  auto status = rocksdb::DB::Open(options, directory, &db);
  if (status.ok()) return std::unique_ptr<rocksdb::DB>(db);
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

std::string row(int number) {
  char text[16];
  std::snprintf(text, sizeof text, "%010d", number);
  return text;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  auto db = open(argv[2]);
  if (std::string_view(argv[1]) == "count") {
    int count = 0;
    std::string value;
    while (db->Get({}, row(count), &value).ok()) ++count;
    std::printf("%d\n", count);
    return 0;
  }
  rocksdb::WriteOptions options;
  options.sync = argc > 3 && std::string_view(argv[3]) == "synced";
  // Fewer than a pipe holds, so that nobody needs to read meanwhile.
  for (int number = 0; number < 8'000; ++number) {
    if (!db->Put(options, row(number), std::string(100, 'x')).ok()) return 1;
    std::printf("%d\n", number);
    std::fflush(stdout);
  }
  for (;;) ::pause(); // until it is killed
}
