internal import Deliveries
package import Relay
internal import StrictJSON
package import TerminalOutput

/// The events of a relay, one line per event.
///
/// ```
/// 10:00:01 [1042] acme 2.1 KB → 200 in 12 ms
/// 10:00:02 [1043] acme 1.9 KB → connection refused; attempt 2 in 1 s
/// ```
package struct RelayListing: Sendable {
    private let format: StreamFormat
    private let console: Console

    package init(_ format: StreamFormat, on console: Console) {
        self.format = format
        self.console = console
    }

    /// The line for an event; nil for a note. `note(_:)` describes notes.
    package func line(_ event: RelayEvent) -> String? {
        format == .table ? table(event) : json(event)?.line
    }

    private func table(_ event: RelayEvent) -> String? {
        var line = StyledLine()
        func begin(_ delivery: RelayedDelivery) {
            line.add(console.clock.parts(of: delivery.receivedAt).time, .dim)
            line.add(" [\(delivery.id)]", .bold)
            line.add(" \(delivery.source) \(HumanText.byteCount(Int64(delivery.byteCount))) → ")
        }
        switch event {
        case .forwarded(let delivery, let status, let isAccepted, let milliseconds):
            begin(delivery)
            line.add("\(status)", isAccepted ? .green : .red)
            line.add(" in \(milliseconds) ms" + (delivery.attempt > 1 ? ", attempt \(delivery.attempt)" : ""))
        case .retrying(let delivery, let cause, let wait):
            begin(delivery)
            line.add(cause, .red)
            line.add("; attempt \(delivery.attempt + 1) in \(Self.text(wait))")
        case .skipped(let delivery, let cause):
            begin(delivery)
            line.add("not sent: \(cause)", .yellow)
        case .note: return nil
        }
        return line.text(on: console)
    }

    private static func text(_ wait: Duration) -> String {
        let (seconds, rest) = wait.components
        return seconds == 0 ? "\(rest / 1_000_000_000_000_000) ms" : "\(seconds) s"
    }

    /// The event as JSON. docs/cli-json.md lists the names.
    private func json(_ event: RelayEvent) -> JSONText? {
        func object(_ name: String, _ delivery: RelayedDelivery, _ members: [JSONText.Member]) -> JSONText {
            .object(
                [
                    .init("event", .string(name)), .init("id", .integer(delivery.id.rawValue)),
                    .init("receivedAt", .string(delivery.receivedAt.rfc3339)),
                    .init("source", .string(delivery.source)),
                    .init("bodyBytes", .integer(Int64(delivery.byteCount))),
                    .init("attempt", .integer(Int64(delivery.attempt))),
                ] + members)
        }
        switch event {
        case .forwarded(let delivery, let status, let isAccepted, let milliseconds):
            return object(
                isAccepted ? "accepted" : "rejected", delivery,
                [.init("status", .integer(Int64(status))), .init("durationMilliseconds", .integer(milliseconds))])
        case .retrying(let delivery, let cause, let wait):
            let milliseconds = wait.components.seconds * 1000 + wait.components.attoseconds / 1_000_000_000_000_000
            return object(
                "retrying", delivery,
                [.init("reason", .string(cause)), .init("waitMilliseconds", .integer(milliseconds))])
        case .skipped(let delivery, let cause): return object("skipped", delivery, [.init("reason", .string(cause))])
        case .note: return nil
        }
    }

    package static func note(_ note: RelayNote) -> String {
        switch note {
        case .waiting(let path): "waiting for an archive at \(TerminalText.escape(path))"
        case .archiveReplaced: "the archive was replaced; forwarding the deliveries of the new archive"
        case .noPosition: "no delivery was forwarded under this name yet; forwarding new deliveries only"
        case .positionIsOfAnotherArchive:
            "the saved position is from another archive, or this archive was restored; forwarding new deliveries only"
        case .unreadablePosition: "cannot read the saved position; forwarding new deliveries only"
        case .positionNotWritten(let path):
            "cannot save the position in \(TerminalText.escape(path)); the next start will not continue from it"
        case .notRecorded(let reason):
            "the target rejected a delivery, but the failure was not recorded (\(TerminalText.escape(reason))); "
                + "'replay --failed' will not find it"
        }
    }
}
