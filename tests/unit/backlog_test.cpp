// Frames that wait for their turn.
#include <doctest/doctest.h>

#include "session/backlog.hpp"

using namespace signalr;
using detail::session::Backlog;

namespace {

Backlog::Entry entry_of(Backlog& backlog, const char* text, bool answer = false) {
  Backlog::Entry entry = backlog.entry_of(text);
  entry.answer = answer;
  return entry;
}

std::size_t messages_in(const Backlog& backlog) {
  std::size_t messages = 0;
  std::size_t bytes = 0;
  backlog.measure(messages, bytes);
  CHECK((bytes == 0) == (messages == 0));
  return messages;
}

}  // namespace

TEST_CASE("a backlog gives its entries in order, one that isn't done with again") {
  const Limits limits;
  Backlog backlog(limits);
  for (const char* text : {"a", "b", "c"}) backlog.push(entry_of(backlog, text));
  Backlog::Entry first = backlog.take();
  CHECK(first.text == "a");
  first.next = 7;
  backlog.put_back(std::move(first));
  CHECK(backlog.take().next == 7);
  CHECK(backlog.take().text == "b");
  Backlog::Entry last = backlog.take();
  CHECK(backlog.empty());
  backlog.put_back(std::move(last));
  backlog.push(entry_of(backlog, "d"));
  CHECK(backlog.take().text == "c");
  CHECK(backlog.take().text == "d");
  CHECK(messages_in(backlog) == 0);
}

TEST_CASE("answers can be taken out of a backlog; the others keep their order") {
  const Limits limits;
  Backlog backlog(limits);
  backlog.push(entry_of(backlog, "a"));
  backlog.push(entry_of(backlog, "1", true));
  backlog.push(entry_of(backlog, "b"));
  backlog.push(entry_of(backlog, "2", true));
  const auto answers = backlog.take_answers();
  REQUIRE(answers.size() == 2);
  CHECK(answers[0].text == "1");
  CHECK(answers[1].text == "2");
  CHECK(messages_in(backlog) == 2);
  CHECK(backlog.take().text == "a");
  CHECK(backlog.take().text == "b");
}

TEST_CASE("a backlog is full at the limits of the receive queue") {
  Limits limits;
  limits.max_receive_queue_messages = 2;
  Backlog backlog(limits);
  backlog.push(entry_of(backlog, "a"));
  CHECK_FALSE(backlog.full());
  backlog.push(entry_of(backlog, "b"));
  CHECK(backlog.full());
  CHECK(messages_in(backlog) == 2);
  backlog.recycle(backlog.take());
  CHECK_FALSE(backlog.full());

  limits.max_receive_queue_bytes = 1;
  CHECK(backlog.full());
}

TEST_CASE("a backlog that is never empty takes no more memory than what it holds needs") {
  const Limits limits;
  Backlog backlog(limits);
  backlog.push(entry_of(backlog, "0"));
  for (int i = 1; i < 10'000; ++i) {
    backlog.push(entry_of(backlog, std::to_string(i).c_str()));
    Backlog::Entry oldest = backlog.take();
    CHECK(oldest.text == std::to_string(i - 1));
    backlog.recycle(std::move(oldest));
  }
  CHECK(messages_in(backlog) == 1);
}
