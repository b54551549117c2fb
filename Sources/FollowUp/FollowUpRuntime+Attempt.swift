internal import CallboxConfiguration
internal import CallboxServer
internal import Deliveries
internal import Intake
internal import Journal
internal import Logging
internal import Providers
internal import ReportIndex

/// One try of a follow-up: makes the call and commits the result.
extension FollowUpRuntime {
    func attempt(
        _ followUp: FollowUp, _ calls: FollowUpCalls, _ plan: FollowUpPlan
    ) async -> FollowUpOutcome {
        guard let known = plan.task(named: followUp.order.task) else {
            return .failed(problem: "this version of Callbox does not know this task")
        }
        let task = known.task
        let pollInterval = plan.pollInterval(of: known.api)
        do {
            switch try await calls.perform(followUp, known) {
            case .fetched(let request): return .done(try await archive(request, source: followUp.order.source))
            case .nothing(let orders):
                try await off { try order(orders) }
                return .done(nil)
            case .notYet(let text): return again(followUp, task, text, pollInterval)
            }
        } catch let failure as ProviderCallFailure {
            switch failure {
            case .rejected(let rejection) where rejection.status < 500 && ![401, 408, 429].contains(rejection.status):
                return .failed(problem: "the provider responded with status \(rejection.status)")
            case .badInput(let sentence): return .failed(problem: sentence)
            // Only the status is recorded, because the provider's text may quote the request.
            case .rejected(let rejection):
                return afterFailure(
                    followUp, task, "the provider responded with status \(rejection.status)", pollInterval)
            case .unreachable, .unexpectedResponse, .cancelled:
                return afterFailure(followUp, task, failure.description, pollInterval)
            }
        } catch {
            return afterFailure(followUp, task, describe(error), pollInterval)
        }
    }

    /// Logs a failed try if another try follows.
    private func afterFailure(
        _ followUp: FollowUp, _ task: FollowUpTask, _ problem: String, _ pollInterval: Duration?
    ) -> FollowUpOutcome {
        let outcome = again(followUp, task, problem, pollInterval)
        if case .retry(let next, _) = outcome, !Task.isCancelled {
            logger.warning(
                "follow-up failed and will be retried",
                metadata: [
                    "follow-up": "\(followUp.id)", "task": "\(task.name)", "next": "\(next.rfc3339)",
                    "reason": "\(problem)",
                ])
        }
        return outcome
    }

    private func again(
        _ followUp: FollowUp, _ task: FollowUpTask, _ problem: String, _ pollInterval: Duration?
    ) -> FollowUpOutcome {
        guard followUp.attemptCount + 1 < task.attemptLimit else { return .failed(problem: problem) }
        let wait = task.wait(after: followUp.attemptCount, pollInterval: pollInterval)
        return .retry(at: now().advanced(byMilliseconds: wait.milliseconds), problem: problem)
    }

    private func archive(_ request: InboundRequest, source: String) async throws -> DeliveryID {
        try await off {
            let encoded = archive.encode(AuthenticDelivery.fetched(request, source: source))
            let positions = try archive.appendAndIndex([.delivery(encoded)])
            return DeliveryID(rawValue: positions.first ?? 0)
        }
    }
}
