#include <signalr/json/writer.hpp>

#include "protocol/json_text.hpp"

namespace signalr {

void JsonWriter::separate() {
  if (!first_) out_.push_back(',');
  first_ = false;
}

void JsonWriter::null() { raw(RawJsonView("null")); }
void JsonWriter::boolean(bool value) { raw(RawJsonView(value ? "true" : "false")); }

void JsonWriter::string(std::string_view value) {
  separate();
  detail::protocol::append_json_string(out_, value);
}

void JsonWriter::raw(RawJsonView value) {
  separate();
  out_ += value.missing() ? std::string_view("null") : value.text();
}

void JsonWriter::begin_array() {
  separate();
  out_.push_back('[');
  first_ = true;
}

void JsonWriter::end_array() {
  out_.push_back(']');
  first_ = false;
}

void JsonWriter::begin_object() {
  separate();
  out_.push_back('{');
  first_ = true;
}

void JsonWriter::member(std::string_view name) {
  string(name);
  out_.push_back(':');
  first_ = true;
}

void JsonWriter::end_object() {
  out_.push_back('}');
  first_ = false;
}

}  // namespace signalr
