// fork and exec; what the program says goes into a file of its folder.
#include "program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace signalr::test {
namespace {

using Tcp = asio::ip::tcp;

constexpr std::chrono::seconds kStartPatience(30);
constexpr int kSkipped = 77;  // to Meson

// Servers are in folders that not every user's PATH has.
std::string find(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string(path != nullptr ? path : "") + ":/usr/sbin:/usr/local/sbin");
  std::string folder;
  while (std::getline(folders, folder, ':')) {
    std::string file = folder + "/" + name;
    if (access(file.c_str(), X_OK) == 0) return file;
  }
  std::printf("SKIPPED: %s is not installed; scripts/bootstrap test brings it\n", name.c_str());
  std::fflush(stdout);
  std::_Exit(kSkipped);
}

Tcp::endpoint loopback(std::uint16_t port) { return {asio::ip::address_v4::loopback(), port}; }

bool takes_connections(std::uint16_t port) {
  asio::io_context io;
  Tcp::socket socket(io);
  std::error_code error;
  socket.connect(loopback(port), error);
  return !error;
}

std::string contents(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

Program::Port::Port() {
  held.open(Tcp::v4());
  fcntl(held.native_handle(), F_SETFD, FD_CLOEXEC);
  held.set_option(Tcp::socket::reuse_address(true));
  held.bind(loopback(0));
  number = held.local_endpoint().port();
}

Program::Program(const std::string& name, Command command) : path_(find(name)), command_(std::move(command)) {
  chmod(folder_.path().c_str(), 0777);  // squid gives up root, where it has it
  start();
}

Program::~Program() { stop(); }

void Program::start() {
  if (!try_start()) throw std::runtime_error(path_ + " does not start: " + contents(folder_.path() + "/words"));
}

bool Program::try_start() {
  std::vector<std::string> words = command_(port_.number, folder_.path());
  std::vector<char*> arguments = {path_.data()};
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::string said = folder_.path() + "/words";

  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int out = open(said.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execv(path_.c_str(), arguments.data());
    _exit(127);
  }
  const auto give_up = std::chrono::steady_clock::now() + kStartPatience;
  while (std::chrono::steady_clock::now() < give_up) {
    if (waitpid(pid_, nullptr, WNOHANG) != 0) {
      pid_ = 0;
      return false;
    }
    if (takes_connections(port_.number)) return true;
    poll(nullptr, 0, 2);
  }
  stop();
  return false;
}

void Program::stop() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

}  // namespace signalr::test
