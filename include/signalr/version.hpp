// The library's version (SemVer).
#pragma once

#define SIGNALR_VERSION_MAJOR 0
#define SIGNALR_VERSION_MINOR 1
#define SIGNALR_VERSION_PATCH 0
#define SIGNALR_VERSION "0.1.0"
