internal import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import TerminalOutput

/// Checks the machine's clock. If it is wrong, valid signatures are rejected as expired.
enum ClockFindings {
    private static let topic = "clock"

    /// What the kernel says of its clock: nil where it does not tell.
    static var isSynchronised: Bool? {
        // Not among the headers that Swift imports: struct timex has 208 bytes, and all zero asks without changing anything;
        // 5 is TIME_ERROR (adjtimex(2)).
        guard let symbol = dlsym(nil, "adjtimex") else { return nil }
        typealias Function = @convention(c) (UnsafeMutableRawPointer) -> Int32
        let function = unsafeBitCast(symbol, to: Function.self)
        let state = withUnsafeTemporaryAllocation(byteCount: 256, alignment: 16) { buffer -> Int32 in
            guard let address = buffer.baseAddress else { return -1 }
            memset(address, 0, 256)
            return function(address)
        }
        return state < 0 ? nil : state != 5
    }

    static func kernel(isSynchronised: Bool?) -> Finding {
        switch isSynchronised {
        case true?: .fine(topic, "set by a time service, as the kernel says")
        case false?:
            .warning(
                topic, "the kernel does not know of a time service that sets it",
                advice: "Run one (systemd-timesyncd, chrony). In a container the machine's own counts.")
        case nil: .fine(topic, "the kernel does not tell whether a time service sets it")
        }
    }

    /// - Parameters:
    ///   - delays: from a provider's time to the arrival, of the latest reports that have one, in milliseconds.
    ///   - lastArrival: of the newest delivery.
    static func arrivals(delays: [Int64], lastArrival: Timestamp?, now: Timestamp) -> Finding? {
        if let lastArrival, now.milliseconds(since: lastArrival) < -60_000 {
            let span = HumanText.span(milliseconds: now.milliseconds(since: lastArrival))
            return .problem(
                topic, "the newest delivery came \(span) from now: the clock was put back, or was wrong then",
                advice: "Compare 'date -u' with another machine.")
        }
        guard delays.count >= 5 else { return nil }
        let middle = delays.sorted()[delays.count / 2]
        guard middle < -30_000 else { return nil }
        return .warning(
            topic,
            "reports come \(HumanText.span(milliseconds: middle)) before the time that their providers give them",
            advice: "This machine's clock seems to be behind. Compare 'date -u' with another machine.")
    }

    /// - Parameter expiredCount: deliveries of the last day that were rejected for the time they were signed at.
    static func expired(_ expiredCount: Int64) -> Finding? {
        guard expiredCount > 0 else { return nil }
        return .warning(
            topic,
            "\(HumanText.count(expiredCount, "delivery was", "deliveries were")) rejected as expired in the last day",
            advice: "The clock is wrong, or somebody repeats old deliveries: 'callbox quarantine list' has them.")
    }
}
