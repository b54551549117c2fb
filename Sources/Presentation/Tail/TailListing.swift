internal import Deliveries
internal import Journal
package import Providers
package import ReportIndex
internal import StrictJSON
internal import Tail
package import TerminalOutput

/// The format of a stream that does not end.
package enum StreamFormat: String, CaseIterable, Sendable {
    case table, ndjson
}

/// Writes events. The response to a delivery is written after the last of its reports.
package struct TailListing: TailOutput {
    private let format: StreamFormat
    private let providers: ProviderCatalog
    private let console: Console
    private var lines: TailLines
    private var pending: (delivery: DeliveryID, status: Int, time: Timestamp)?

    package init(_ format: StreamFormat, _ providers: ProviderCatalog, on console: Console) {
        self.format = format
        self.providers = providers
        self.console = console
        self.lines = TailLines(console, providers)
    }

    /// Writes an event. In a table, the response is written later, when all reports of the delivery have been written.
    package mutating func write(_ event: FeedEvent, response: Int?) throws {
        guard format == .table else {
            return try console.print(
                TailRecord.json(event, response: response, masks: console.isTerminal, providers).line)
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

    /// Writes the response to the last delivery. Called when all reports of the delivery have been written.
    package mutating func finishDelivery() throws {
        guard let response = pending else { return }
        pending = nil
        try console.print(lines.response(response.status, at: response.time))
    }

    private mutating func print(_ event: FeedEvent) throws {
        for line in lines.lines(event) { try console.print(line) }
    }
}
