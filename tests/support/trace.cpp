#include "trace.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <typeinfo>
#include <utility>

#include <signalr/memory/virtual_executor.hpp>

namespace tracing {

using namespace signalr;

namespace {

class WatchedHttpClient final : public HttpClient {
 public:
  WatchedHttpClient(Trace& trace, std::shared_ptr<HttpClient> client) : trace_(trace), client_(std::move(client)) {}
  std::unique_ptr<HttpOperation> send(const std::shared_ptr<Executor>& executor, HttpRequest request,
                                      HttpSink& sink) override {
    trace_.add("asks ", request.method, " ", request.url, request.headers, " ", request.body);
    return client_->send(executor, std::move(request), sink);
  }

 private:
  Trace& trace_;
  const std::shared_ptr<HttpClient> client_;
};

class WatchedDialer final : public WebsocketDialer {
 public:
  WatchedDialer(Trace& trace, std::shared_ptr<WebsocketDialer> dialer) : trace_(trace), dialer_(std::move(dialer)) {}
  std::unique_ptr<Operation> dial(const std::shared_ptr<Executor>& executor, DialRequest request,
                                  DialHandler handler) override {
    trace_.add("dials ", request.url, request.headers);
    return dialer_->dial(executor, std::move(request), std::move(handler));
  }

 private:
  Trace& trace_;
  const std::shared_ptr<WebsocketDialer> dialer_;
};

// Without its namespaces, which may change.
std::string type_of(const Error& error) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(typeid(error).name(), nullptr, nullptr, &status), std::free);
  const std::string full = name ? name.get() : typeid(error).name();
  return full.substr(full.rfind(':') + 1);
}

// One line of whatever was sent.
std::string escaped(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '\n') {
      line += "\\n";
    } else if (c == '\r') {
      line += "\\r";
    } else {
      line += c;
    }
  }
  return line;
}

}  // namespace

void Trace::push(std::string_view line, bool compared) {
  char time[32];
  const std::chrono::duration<double> since = executor_->now() - memory::VirtualExecutor::kStart;
  std::snprintf(time, sizeof time, "%11.6f ", since.count());
  lines_.push_back({time + escaped(line), compared});
}

void Trace::watch(DialOptions& options) {
  options.http_client = std::make_shared<WatchedHttpClient>(*this, std::move(options.http_client));
  options.dialer = std::make_shared<WatchedDialer>(*this, std::move(options.dialer));
}

void Trace::print(std::ostream& out, bool with_log) const {
  for (const Line& line : lines_) {
    if (line.compared || with_log) out << line.text << '\n';
  }
}

std::string text_of(const Error& error) {
  std::string text;
  for (const Error* link = &error; link != nullptr; link = link->cause().get()) {
    if (link != &error) text += "; because of ";
    text += type_of(*link) + ": " + link->what();
    if (!link->server_text().empty()) text += " [" + link->server_text() + ']';
  }
  return text;
}

std::string text_of(const Error* error) { return error == nullptr ? "no error" : text_of(*error); }

std::string text_of(const Gap& gap) {
  return std::string(to_string(gap.reason)) + (gap.certain ? ", certain, " : ", ") + gap.topic + ' ' +
         std::to_string(gap.count);
}

std::string text_of(const Headers& headers) {
  std::string text;
  for (const Header& header : headers) text += ", " + header.name + ": " + header.value;
  return text;
}

std::string text_of(const HubCall& call) {
  std::string text = call.hub + '.' + call.method;
  for (const RawJson& arg : call.args) text += ' ' + arg.text();
  return text;
}

std::string text_of(Duration time) { return std::to_string(time.count()) + " ns"; }

std::ofstream open_traces(std::string name) {
  std::ofstream file;
  if (const char* folder = std::getenv("SIGNALR_TRACES")) {
    std::replace(name.begin(), name.end(), '/', '-');
    file.exceptions(std::ios::failbit | std::ios::badbit);
    std::filesystem::create_directories(folder);
    file.open(std::filesystem::path(folder) / (name + ".txt"));
  }
  return file;
}

}  // namespace tracing
