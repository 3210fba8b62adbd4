// The preprocessor's part of SIGNALR_JSON and SIGNALR_ENUM: one macro applied to each of up to 64 arguments.
#pragma once

#define SIGNALR_PP_CAT_(a, b) a##b
#define SIGNALR_PP_CAT(a, b) SIGNALR_PP_CAT_(a, b)

/// 1 for `(anything)`, 0 for a plain name.
#define SIGNALR_PP_IS_PAREN(x) SIGNALR_PP_SECOND(SIGNALR_PP_PROBE x, 0, ~)
#define SIGNALR_PP_PROBE(...) ~, 1
#define SIGNALR_PP_SECOND(...) SIGNALR_PP_SECOND_(__VA_ARGS__)
#define SIGNALR_PP_SECOND_(a, b, ...) b
#define SIGNALR_PP_UNPAREN(...) __VA_ARGS__

/// macro(context, x) for each x, with commas between them.
#define SIGNALR_PP_EACH(macro, context, ...) \
  SIGNALR_PP_CAT(SIGNALR_PP_EACH_, SIGNALR_PP_COUNT(__VA_ARGS__))(macro, context, __VA_ARGS__)
#define SIGNALR_PP_COUNT(...)                                                                                        \
  SIGNALR_PP_COUNT_(__VA_ARGS__, 64, 63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, \
                    43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20,  \
                    19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, ~)
#define SIGNALR_PP_COUNT_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, \
                          a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38,  \
                          a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56,  \
                          a57, a58, a59, a60, a61, a62, a63, a64, n, ...)                                            \
  n

#define SIGNALR_PP_EACH_1(m, c, x) m(c, x)
#define SIGNALR_PP_EACH_2(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_1(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_3(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_2(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_4(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_3(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_5(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_4(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_6(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_5(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_7(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_6(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_8(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_7(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_9(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_8(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_10(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_9(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_11(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_10(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_12(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_11(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_13(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_12(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_14(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_13(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_15(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_14(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_16(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_15(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_17(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_16(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_18(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_17(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_19(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_18(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_20(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_19(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_21(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_20(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_22(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_21(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_23(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_22(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_24(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_23(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_25(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_24(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_26(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_25(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_27(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_26(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_28(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_27(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_29(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_28(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_30(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_29(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_31(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_30(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_32(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_31(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_33(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_32(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_34(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_33(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_35(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_34(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_36(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_35(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_37(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_36(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_38(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_37(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_39(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_38(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_40(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_39(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_41(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_40(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_42(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_41(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_43(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_42(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_44(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_43(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_45(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_44(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_46(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_45(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_47(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_46(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_48(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_47(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_49(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_48(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_50(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_49(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_51(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_50(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_52(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_51(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_53(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_52(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_54(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_53(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_55(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_54(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_56(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_55(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_57(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_56(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_58(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_57(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_59(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_58(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_60(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_59(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_61(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_60(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_62(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_61(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_63(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_62(m, c, __VA_ARGS__)
#define SIGNALR_PP_EACH_64(m, c, x, ...) m(c, x), SIGNALR_PP_EACH_63(m, c, __VA_ARGS__)
