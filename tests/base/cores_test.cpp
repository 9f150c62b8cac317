// Which control groups limit the processor time of a process: as version 1 and 2 of the interface
// show them, on the machine and in a container.

#include "base/cores.hpp"

#include "files.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

namespace mingce {
namespace {

namespace fs = std::filesystem;

struct Group {
  const char* name;
  const char* lines; ///< of /proc/self/cgroup
  const char* file;  ///< below the mount, if there is one
  const char* content;
  bool is_limited;
};

void PrintTo(const Group& group, std::ostream* out) { *out << group.name; }

class ControlGroups : public testing::TestWithParam<Group> {};

TEST_P(ControlGroups, limit_processor_time) {
  auto& group = GetParam();
  auto directory = fs::temp_directory_path() / ("mingce-cores-" + std::to_string(::getpid()));
  fs::create_directories(directory);
  test::write_file(directory / "groups", group.lines);
  if (*group.file) {
    auto file = directory / "mount" / group.file;
    fs::create_directories(file.parent_path());
    test::write_file(file, group.content + std::string("\n"));
  }
  EXPECT_EQ(is_processor_time_limited(directory / "groups", directory / "mount"), group.is_limited);
  fs::remove_all(directory);
}

const Group groups[] = {
    {"none", "", "", "", false},
    {"v2_without_limit", "0::/system.slice/mingce.service\n", "system.slice/mingce.service/cpu.max",
     "max 100000", false},
    {"v2_of_the_service", "0::/system.slice/mingce.service\n",
     "system.slice/mingce.service/cpu.max", "50000 100000", true},
    {"v2_of_its_slice", "0::/system.slice/mingce.service\n", "system.slice/cpu.max", "50000 100000",
     true},
    {"v2_of_another", "0::/system.slice/mingce.service\n", "user.slice/cpu.max", "50000 100000",
     false},
    {"v2_in_a_container", "0::/\n", "cpu.max", "200000 100000", true},
    {"v1_without_limit", "4:cpuacct,cpu:/docker/1\n0::/\n", "cpu/docker/1/cpu.cfs_quota_us", "-1",
     false},
    {"v1_of_the_service", "4:cpuacct,cpu:/docker/1\n0::/\n", "cpu/docker/1/cpu.cfs_quota_us",
     "80000", true},
    {"v1_in_a_container", "4:cpu,cpuacct:/docker/1\n", "cpu/cpu.cfs_quota_us", "80000", true},
    {"v1_not_of_processors", "3:cpuset:/docker/1\n", "cpu/docker/1/cpu.cfs_quota_us", "80000",
     false},
    {"unreadable", "nonsense\n", "cpu.max", "80000 100000", false},
};

INSTANTIATE_TEST_SUITE_P(Cores, ControlGroups, testing::ValuesIn(groups),
                         [](auto& info) { return info.param.name; });

TEST(Cores, are_one_at_least) { EXPECT_GE(usable_cores(), 1u); }

} // namespace
} // namespace mingce
