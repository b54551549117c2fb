/// How long and how often everything is measured.
struct Plan: Sendable {
    var seconds = 5.0
    var warmUpSeconds = 1.0
    var rounds = 3
    var connectionCount = 64
    /// One round of the paced load.
    var pacedSeconds = 20.0
    /// The sustained load under which the index is watched.
    var lagSeconds = 60.0
    var burstCount = 200_000
    var largeReportCount = 1_000_000
    var smallReportCount = 10_000
    var queryRuns = 9
    /// Bodies of one row of the size table, before compression.
    var sizeByteCount = 96 << 20
    var isQuick = false

    /// A smoke run: everything once and briefly. Its figures say that the suite works, no more.
    static let quick = Plan(
        seconds: 1, warmUpSeconds: 0.3, rounds: 1, pacedSeconds: 3, lagSeconds: 5, burstCount: 10_000,
        largeReportCount: 20_000, smallReportCount: 2_000, queryRuns: 3, sizeByteCount: 6 << 20, isQuick: true)
}
