// What is visible outside the shared library; everything else is hidden.
#pragma once

#if defined(_WIN32)
#define SIGNALR_API  // static libraries only on Windows
#else
#define SIGNALR_API __attribute__((visibility("default")))
#endif
