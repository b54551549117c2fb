internal import Deliveries
internal import Journal

/// The request of one item and the faults that affect it.
struct RunExchange: Sendable {
    struct Result: Sendable {
        let startedAt: Timestamp
        let result: ReplayResult
    }

    let item: Int
    let plan: ReplayPlan
    private let faults: [ReplayFault]
    private let expected: ExpectedStatuses

    init(_ item: Int, _ plan: ReplayPlan, _ settings: ReplaySettings) {
        self.item = item
        self.plan = plan
        faults = settings.faults.faults(at: item)
        expected = settings.expectedStatuses
    }

    /// Sends the request and returns the result. If a fault requires it and the first response is expected, sends the
    /// request a second time and returns the second result.
    ///
    /// - Returns: nil if the task was cancelled. In this case, it is unknown whether the request arrived.
    func run(
        _ send: @Sendable (ReplayPlan) async -> ReplayResult, _ now: @Sendable () -> Timestamp
    ) async -> Result? {
        for case .delay(let delay) in faults { try? await Task.sleep(for: delay) }
        let startedAt = now()
        var result = await send(plan)
        if faults.contains(.duplicate), case .responded(let response) = result.outcome,
            expected.contains(response.status)
        {
            result = await send(plan)
        }
        if Task.isCancelled, case .failed = result.outcome { return nil }
        return Result(startedAt: startedAt, result: result)
    }

    func response(_ ended: Result, _ difference: [String]) -> RunResponse {
        var content: RunResponse.Content?
        let outcome: ReplayRecord.Outcome
        switch ended.result.outcome {
        case .failed(let reason): outcome = .failed(reason)
        case .responded(let response):
            content = response.content
            content?.difference = difference
            outcome = .responded(
                status: response.status, responseByteCount: response.bodyByteCount, responseSHA256: response.bodySHA256)
        }
        var response = RunResponse(
            item: item, delivery: plan.deliveryID, startedAt: ended.startedAt, method: plan.method,
            url: plan.urlWithoutQuery, durationMilliseconds: ended.result.durationMilliseconds, outcome: outcome)
        response.changes = plan.changes
        response.content = content
        return response
    }
}
