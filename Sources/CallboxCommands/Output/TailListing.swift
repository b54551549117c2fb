internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import Tail
internal import TerminalOutput

/// How a stream that does not end is written.
enum StreamFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// Lines for people.
    case table
    /// An object a line.
    case ndjson
}

/// Writes events as they come. What a delivery was answered stands once, after the last of its reports.
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

    /// - Parameter answer: what was answered to a delivery; nil where nobody was.
    mutating func write(_ event: FeedEvent, response: Int?) throws {
        guard format == .table else { return try console.print(TailRecord.json(event, response: response).line) }
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

    /// Writes the answer of the last delivery, when it is known that all its reports were written.
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
    /// The note as `tail` writes it to standard error.
    var text: String {
        switch self {
        case .waiting(let path): "waiting for an archive at \(TerminalText.escape(path))"
        case .unreadable(let error): CommandFailure(error).description + "\nWaiting until it can be read."
        case .archiveAppeared: "the archive is there"
        case .archiveReplaced: "another archive is in its place; following what comes to that one"
        case .archiveIsAnother:
            "this is not the archive that the last tail followed, or it was restored; starting now"
        case .noEarlierTail: "no tail has followed this archive yet; starting now"
        case .unreadableState: "what the last tail left does not read back; starting now"
        case .stateNotWritten(let path):
            "\(TerminalText.escape(path)) cannot be written, so --since-last will not know of this tail"
        }
    }
}
