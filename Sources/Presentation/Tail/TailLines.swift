internal import Deliveries
internal import Journal
internal import Providers
internal import Quarantine
internal import Redaction
internal import ReportIndex
internal import TerminalOutput

/// Formats events as lines.
///
/// ```
/// 10:00:01 --> payments pf_checking_account [1042] verified · checking
/// 10:00:01 <-- [200]
/// ```
struct TailLines {
    private let console: Console
    private let providers: ProviderCatalog
    private var day: String?

    init(_ console: Console, _ providers: ProviderCatalog) {
        self.console = console
        self.providers = providers
    }

    /// The line for an event. On a new day, a line with the date precedes the event.
    mutating func lines(_ event: FeedEvent) -> [String] {
        let (day, time) = console.clock.parts(of: event.time)
        var lines: [String] = []
        if day != self.day {
            self.day = day
            lines.append(console.styled("--- \(day) \(console.clock.zoneName) ---", .dim))
        }
        var line = StyledLine()
        line.add(time, .dim)
        switch event {
        case .arrived(let arrival): describe(arrival, &line)
        case .rejected(let rejected): describe(rejected, &line)
        case .replayed(let replay): describe(replay.record, &line)
        }
        return lines + [line.text(on: console)]
    }

    /// The line for the response to a delivery.
    func response(_ status: Int, at moment: Timestamp) -> String {
        var line = StyledLine()
        line.add(console.clock.parts(of: moment).time, .dim)
        line.add(" <-- ", .dim)
        line.add("[\(status)]", status < 400 ? .green : .red)
        return line.text(on: console)
    }

    private func describe(_ arrival: FeedArrival, _ line: inout StyledLine) {
        let report = arrival.report
        let isUnrecognised = report.type == ReportContent.unrecognisedType
        line.add(" --> \(report.provider) ")
        line.add(report.type, isUnrecognised ? .yellow : .cyan, atMost: max(16, console.width / 2))
        line.add(" [\(report.deliveryID)\(report.ordinal == 1 ? "" : ".\(report.ordinal)")]", .bold)
        if report.attemptNumber > 1 {
            line.add(" attempt \(report.attemptNumber), first [\(report.firstDeliveryID)] ·")
        }
        line.add(" ")
        line.add(report.verification.rawValue, style(of: report.verification))
        line.add(" · ")
        line.add(report.route?.topic ?? "unrouted", report.route == nil ? .yellow : nil)
        if let id = arrival.releasedFrom { line.add(" · from quarantine [q\(id)]") }
        if let problem = report.problem { line.add(" · \(problem)", .yellow) }
        let externalInfo = ReportRow.externalInfo(report.externalInfo)
        if !externalInfo.isEmpty { line.add("  \(externalInfo)", .dim) }
    }

    private func describe(_ rejected: RejectedArrival, _ line: inout StyledLine) {
        line.add(" --> \(rejected.source) ")
        line.add("[q\(rejected.id)]", .bold)
        line.add(" ")
        line.add("\(rejected.verification.rawValue): \(rejected.reason)", .red)
    }

    private func describe(_ record: ReplayRecord, _ line: inout StyledLine) {
        line.add(" === replay ")
        line.add("[\(record.deliveryID)]", .bold)
        switch record.outcome {
        case .responded(let status, _, _):
            line.add(" → ")
            line.add("\(status)", status < 400 ? .green : .red)
        case .failed(let reason): line.add(" failed: \(reason)", .red)
        }
        line.add(
            "  \(record.method) \(Masking.target(record.url, providers.secrets)) in \(record.durationMilliseconds) ms",
            .dim)
    }

    private func style(of verification: Verification) -> Console.Style? {
        switch verification {
        case .verified: .green
        case .fetched: .cyan
        case .unverified: .dim
        case .failed, .expired: .red
        }
    }
}
