internal import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import TerminalOutput

/// Checks the clock of the machine. If the clock is wrong, valid signatures are rejected as expired.
enum ClockFindings {
    private static let topic = "clock"

    /// True if a time service sets the kernel's clock; nil if the kernel does not report it.
    static var isSynchronised: Bool? {
        // Swift does not import `adjtimex`. `struct timex` has 208 bytes; a call with zeros changes nothing. The result
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
        case true?: .fine(topic, "synchronised by a time service")
        case false?:
            .warning(
                topic, "no time service synchronises the clock",
                advice: "Run systemd-timesyncd or chrony, on the host if this is a container.")
        case nil: .fine(topic, "the kernel does not report whether the clock is synchronised")
        }
    }

    /// - Parameters:
    ///   - delays: for each of the latest reports with a provider's time, the milliseconds from that time to the
    ///     arrival.
    ///   - lastArrival: the arrival time of the newest delivery.
    static func arrivals(delays: [Int64], lastArrival: Timestamp?, now: Timestamp) -> Finding? {
        if let lastArrival, now.milliseconds(since: lastArrival) < -60_000 {
            let span = HumanText.span(milliseconds: now.milliseconds(since: lastArrival))
            return .problem(
                topic, "the newest delivery is \(span) in the future: the clock was set back, or was wrong before",
                advice: "Compare 'date -u' with another machine.")
        }
        guard delays.count >= 5 else { return nil }
        let middle = delays.sorted()[delays.count / 2]
        guard middle < -30_000 else { return nil }
        return .warning(
            topic,
            "reports arrive \(HumanText.span(milliseconds: middle)) before the provider's time: the clock may be slow",
            advice: "Compare 'date -u' with another machine.")
    }

    /// - Parameter expiredCount: the number of deliveries in the last day that were rejected as expired.
    static func expired(_ expiredCount: Int64) -> Finding? {
        guard expiredCount > 0 else { return nil }
        return .warning(
            topic,
            "\(HumanText.count(expiredCount, "delivery was", "deliveries were")) rejected as expired in the last day",
            advice: "Check the clock. If it is right, a sender repeats old deliveries; see 'callbox quarantine list'.")
    }
}
