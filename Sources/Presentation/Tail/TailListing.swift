internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import Tail
internal import TerminalOutput

/// The format of a stream without an end.
enum StreamFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case table, ndjson
}

/// Writes events. The response to a delivery follows the last of its reports.
struct TailListing: TailOutput {
    private let format: StreamFormat
    private let console: Console
    private var lines: TailLines
    private var pending: (delivery: DeliveryID, status: Int, time: Timestamp)?

    init(_ format: StreamFormat, on console: Console) {
        self.format = format
        self.console = console
        self.lines = TailLines(console)
    }

    mutating func write(_ event: FeedEvent, response: Int?) throws {
        guard format == .table else {
            return try console.print(TailRecord.json(event, response: response, masks: console.isTerminal).line)
        }
        switch event {
        case .arrived(let arrival):
            let id = arrival.report.deliveryID
            if pending?.delivery != id { try finishDelivery() }
            try print(event)
            pending = response.map { (id, $0, event.time) }
        case .rejected:
            try finishDelivery()
            try print(event)
            if let response { try console.print(lines.response(response, at: event.time)) }
        case .replayed:
            try finishDelivery()
            try print(event)
        }
    }

    /// Writes the response to the last delivery. Called when all its reports were written.
    mutating func finishDelivery() throws {
        guard let answered = pending else { return }
        pending = nil
        try console.print(lines.response(answered.status, at: answered.time))
    }

    private mutating func print(_ event: FeedEvent) throws {
        for line in lines.lines(event) { try console.print(line) }
    }
}

extension TailNote {
    var text: String {
        switch self {
        case .waiting(let path): "waiting for an archive at \(TerminalText.escape(path))"
        case .unreadable(let error): CommandFailure(error).description + "\nWaiting until it can be read."
        case .archiveAppeared: "found the archive"
        case .archiveReplaced: "the archive was replaced; following the new one"
        case .archiveIsAnother:
            "the last tail followed another archive, or this one was restored; starting now"
        case .noEarlierTail: "no earlier tail of this archive; starting now"
        case .unreadableState: "cannot read the position of the last tail; starting now"
        case .stateNotWritten(let path):
            "cannot write \(TerminalText.escape(path)); --since-last will not continue from this tail"
        }
    }
}
