/// The durations and the counts of all measurements.
struct Plan: Sendable {
    var seconds = 5.0
    var warmUpSeconds = 1.0
    var rounds = 3
    var connectionCount = 64
    /// The duration of one round of the paced load, in seconds.
    var pacedSeconds = 20.0
    /// The duration of the sustained load during which the lag is measured, in seconds.
    var lagSeconds = 60.0
    var burstCount = 200_000
    var largeReportCount = 1_000_000
    var smallReportCount = 10_000
    var queryRuns = 9
    /// The total size of the bodies for one row of the size table, in bytes before compression.
    var sizeByteCount = 96 << 20
    var replayCount = 10_000
    /// The number of deliveries to replay with their original intervals, and the number of deliveries to forward.
    var timedCount = 500
    var isQuick = false

    /// A smoke run that performs each measurement once and briefly. The figures only show that the suite works.
    static let quick = Plan(
        seconds: 1, warmUpSeconds: 0.3, rounds: 1, pacedSeconds: 3, lagSeconds: 5, burstCount: 10_000,
        largeReportCount: 20_000, smallReportCount: 2_000, queryRuns: 3, sizeByteCount: 6 << 20, replayCount: 1_000,
        timedCount: 100, isQuick: true)
}
