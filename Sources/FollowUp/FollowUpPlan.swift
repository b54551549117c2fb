internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import Providers
internal import ReportIndex

/// Determines the calls that deliveries and pending links trigger. Uses the rules of each API for which the
/// configuration enables follow-ups. Does no I/O.
struct FollowUpPlan: Sendable {
    struct FollowedAPI: Sendable {
        let api: APIDescription
        let rules: FollowUpRules
        /// The name of the source that archives fetched deliveries.
        let source: String
        /// The configured wait between two sweeps and after the first failed try; nil for the API's own values.
        let pollInterval: Duration?

        var sweepInterval: Duration { pollInterval ?? rules.sweepInterval }

        /// The minimum age of reports to fetch. A younger report may still arrive as a webhook.
        var patience: Duration { min(sweepInterval, .seconds(300)) }
    }

    struct KnownTask: Sendable {
        let task: FollowUpTask
        let api: APIDescription

    }

    let apis: [FollowedAPI]
    /// The tasks of all APIs. Recorded orders are executed even if follow-up was disabled later.
    private let tasks: [KnownTask]

    /// The report types that trigger calls. Only deliveries that contain one of these types are read.
    var triggers: [(provider: String, type: String)] {
        apis.flatMap(\.rules.triggers).map { ($0.provider, $0.type) }
    }

    init(_ configuration: CallboxConfiguration) {
        let known = configuration.providers.callableAPIs
        tasks = known.flatMap { api in (api.followUp?.tasks ?? []).map { KnownTask(task: $0, api: api) } }
        apis = known.compactMap { api in
            guard let rules = api.followUp, let settings = configuration.apis[api.name], settings.followsUp else {
                return nil
            }
            let source = configuration.sources.first { source in
                settings.source.map { $0 == source.name } ?? (source.provider.name == api.provider)
            }
            return source.map {
                FollowedAPI(api: api, rules: rules, source: $0.name, pollInterval: settings.pollInterval)
            }
        }
    }

    var isEmpty: Bool { apis.isEmpty }

    /// The task with a recorded name. Nil if this version of Callbox does not know the name.
    func task(named name: String) -> KnownTask? {
        tasks.first { $0.task.name == name }
    }

    func pollInterval(of api: APIDescription) -> Duration? { followed(api)?.pollInterval }

    func patience(with api: APIDescription) -> Duration { followed(api)?.patience ?? .zero }

    private func followed(_ api: APIDescription) -> FollowedAPI? {
        apis.first { $0.api.name == api.name }
    }

    func orders(after delivery: DeliveryID, _ reports: [DeliveredReport]) -> [FollowUpOrder] {
        reports.flatMap { delivered -> [FollowUpOrder] in
            let report = delivered.report
            // Only the first attempt of a report triggers calls. A fetched report never triggers calls.
            guard delivered.attemptNumber == 1, report.verification != .fetched else { return [] }
            let triggering = TriggeringReport(
                verification: report.verification, delivery: delivery, fields: delivered.fields)
            return apis.flatMap { followed in
                followed.rules.triggers.filter { $0.provider == report.provider && $0.type == report.type }
                    .flatMap { $0.targets(triggering) }.map {
                        FollowUpOrder(
                            source: followed.source, task: $0.task, subject: $0.subject, cause: delivery)
                    }
            }
        }
    }

    static func orders(for links: [LinkProgress], of followed: FollowedAPI) -> [FollowUpOrder] {
        guard let sweep = followed.rules.linkSweep else { return [] }
        return links.filter(\.isPending).compactMap { progress in
            let order = progress.link.order
            guard order.provider == followed.api.name else { return nil }
            return sweep(SweptLink(api: order.api, keys: order.keys)).map {
                FollowUpOrder(source: followed.source, task: $0.task, subject: $0.subject)
            }
        }
    }

    /// The follow-up order for a sweep of an API. There is one order per interval, even if the server restarts.
    static func sweep(of followed: FollowedAPI, at now: Timestamp) -> [FollowUpOrder] {
        guard let task = followed.rules.sweepTask else { return [] }
        let interval = max(followed.sweepInterval.milliseconds, 1)
        let start = Timestamp(millisecondsSinceEpoch: now.millisecondsSinceEpoch / interval * interval)
        return [FollowUpOrder(source: followed.source, task: task, subject: start.rfc3339)]
    }
}
