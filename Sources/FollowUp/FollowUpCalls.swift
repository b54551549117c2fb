internal import Deliveries
internal import Journal
internal import ProviderTransport
internal import Providers
internal import ReportIndex

struct FollowUpCalls: Sendable {
    let access: ProviderAccess
    let reader: ArchiveReader
    let plan: FollowUpPlan

    enum Result: Sendable {
        case fetched(InboundRequest)
        /// The call found no value to archive. It may have found further values to fetch, which are in `orders`.
        case nothing(orders: [FollowUpOrder])
        /// The value is not available yet, which is not a failure.
        case notYet(String)
    }

    func perform(_ followUp: FollowUp, _ known: FollowUpPlan.KnownTask) async throws -> Result {
        let order = followUp.order
        let client = try access.client(known.api)
        let cause = try order.cause.flatMap { try reader.delivery($0)?.request }
        let context = FollowUpContext(cause: cause, patience: plan.patience(with: known.api))
        switch try await client.send(try known.task.call(order.subject, client.account, context)) {
        case .fetched(let request): return .fetched(request)
        case .notYet(let text): return .notYet(text)
        case .found(let targets):
            return .nothing(
                orders: try targets.filter { try !isReported($0, known.api) }.map {
                    FollowUpOrder(source: order.source, task: $0.task, subject: $0.subject)
                })
        }
    }

    private func isReported(_ target: FollowUpTarget, _ api: APIDescription) throws -> Bool {
        guard let field = target.unlessReported else { return false }
        var filter = ReportFilter()
        filter.providers = [api.name]
        filter.fields = [field]
        filter.limit = 1
        return try !reader.reports(matching: filter).isEmpty
    }
}
