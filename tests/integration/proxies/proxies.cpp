// Configurations. Nothing outside of the folder is written, no process goes into the background or changes its user.
#include "proxies.hpp"

#include <sys/mman.h>
#include <fstream>
#include <memory>
#include <vector>

namespace signalr::test {
namespace {

constexpr const char* kHashedPassword = "$1$test$IIZ7jkf4bxIbKkxXW6Kuh/";  // openssl passwd -1 -salt test hidden

std::string write(const std::string& file, const std::string& text) {
  std::ofstream(file) << text;
  return file;
}

std::string nginx_configuration(const std::string& server, const NginxOptions& options, std::uint16_t port,
                                const std::string& folder) {
  std::string text = "daemon off; master_process off; pid " + folder + "/pid; error_log stderr;\nevents {}\nhttp {\n";
  text += "access_log off;\n";
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    text += std::string(kind) + "_temp_path " + folder + "/" + kind + ";\n";
  }
  text += "map $http_upgrade $passed { default upgrade; '' ''; }\n";
  text += "server {\nlisten 127.0.0.1:" + std::to_string(port) + (options.tls ? " ssl;\n" : ";\n");
  if (options.tls) {
    text += "ssl_certificate " + options.tls->certificate_file + ";\n";
    text += "ssl_certificate_key " + options.tls->key_file + ";\n";
  }
  text += "location / {\nproxy_pass " + server + ";\n";
  if (options.upgrades || options.streams) text += "proxy_http_version 1.1;\n";
  text += options.upgrades ? "proxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection $passed;\n"
                           : "proxy_set_header Connection '';\n";
  if (options.streams) text += "proxy_buffering off;\n";
  return text + "}\n}\n}\n";
}

// The shared memory of a squid, whose name keeps it apart from others'; a killed one leaves it behind.
struct SquidMemory {
  std::string name;
  ~SquidMemory() {
    for (const char* part : {"metadata", "queues", "readers"}) {
      shm_unlink(("/" + name + "-cf__" + part + ".shm").c_str());
    }
  }
};

}  // namespace

Program::Command nginx_before(const TestServer& server, const NginxOptions& options) {
  return [url = server.url(), options](std::uint16_t port, const std::string& folder) {
    const std::string file = write(folder + "/nginx.conf", nginx_configuration(url, options, port, folder));
    return std::vector<std::string>{"-p", folder, "-c", file, "-e", "stderr"};
  };
}

Program::Command squid(Guests guests) {
  return [guests, memory = std::make_shared<SquidMemory>()](std::uint16_t port, const std::string& folder) {
    memory->name = "test" + std::to_string(port);
    std::string text = "http_port 127.0.0.1:" + std::to_string(port) +
                       "\npid_filename none\naccess_log none\ncache_store_log none\ncache_log /dev/null\n"
                       "cache deny all\nmemory_cache_shared off\nnetdb_filename none\npinger_enable off\n"
                       "visible_hostname localhost\nshutdown_lifetime 0 seconds\ncoredump_dir " +
                       folder + "\n";
    if (guests == Guests::everybody) {
      text += "http_access allow all\n";
    } else {
      text += "auth_param basic program /usr/lib/squid/basic_ncsa_auth " + folder +
              "/users\nauth_param basic children 1\nacl known proxy_auth REQUIRED\nhttp_access allow known\n";
      write(folder + "/users", std::string("me:") + kHashedPassword + "\n");
    }
    return std::vector<std::string>{"-N", "-d", "1", "-n", memory->name, "-f", write(folder + "/squid.conf", text)};
  };
}

Program::Command tinyproxy(Guests guests) {
  return [guests](std::uint16_t port, const std::string& folder) {
    std::string text = "Listen 127.0.0.1\nPort " + std::to_string(port) + "\nTimeout 600\nMaxClients 100\nPidFile \"" +
                       folder + "/pid\"\nLogLevel Error\nAllow 127.0.0.1\n";
    if (guests == Guests::me) text += std::string("BasicAuth me ") + kPassword + "\n";
    return std::vector<std::string>{"-d", "-c", write(folder + "/tinyproxy.conf", text)};
  };
}

}  // namespace signalr::test
