// JSON and types: everything that arguments and results can be decoded into and encoded from.
#pragma once

#include <signalr/json/arrays.hpp>
#include <signalr/json/decode.hpp>
#include <signalr/json/encode.hpp>
#include <signalr/json/enums.hpp>
#include <signalr/json/fields.hpp>
#include <signalr/json/kinds.hpp>
#include <signalr/json/maps.hpp>
#include <signalr/json/optional.hpp>
#include <signalr/json/scalars.hpp>
#include <signalr/json/time.hpp>
#include <signalr/json/value.hpp>
#include <signalr/json/variant.hpp>
#include <signalr/json/writer.hpp>
