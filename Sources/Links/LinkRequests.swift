internal import Deliveries
package import Journal
package import ProviderTransport
package import Providers

/// Requests links from a provider. Each order is recorded first. Then the link is requested, and the response is
/// recorded.
///
/// No link is lost: if the response is lost, the link stays `requested` and pending, because its reports may still
/// arrive. Prints no output.
package struct LinkRequests {
    /// Appends records in one transaction and returns their positions.
    package typealias Append = ([JournalRecord]) async throws -> [Int64]

    package enum Outcome {
        case created(CreatedLink)
        /// The provider rejected the link. The value is the provider's text.
        case rejected(String)
        /// The response does not mention the link, so the link may exist.
        case unknown
        /// The call failed.
        case failed(any Error)
    }

    /// A link that was requested.
    package struct Requested {
        package let id: LinkID
        package let outcome: Outcome
        /// The reason why the outcome could not be recorded; nil if the outcome was recorded. The provider's response
        /// is used in both cases.
        package let recordingFailure: (any Error)?
    }

    private let client: ProviderClient
    private let append: Append
    private let describe: (any Error) -> String

    /// - Parameter describe: returns the error text of a failed call, for the link's record.
    package init(_ client: ProviderClient, append: @escaping Append, describe: @escaping (any Error) -> String) {
        self.client = client
        self.append = append
        self.describe = describe
    }

    /// Requests one link.
    ///
    /// - Throws: only if the order cannot be recorded. In that case, the provider was not called.
    package func create(
        _ plan: LinkPlan, _ call: ProviderCall<CreatedLink>, expecting expectations: [LinkExpectation]
    ) async throws -> Requested {
        let results = try await create([(plan, expectations)]) { [.created(try await client.send(call))] }
        guard let result = results.first else {
            return Requested(id: LinkID(rawValue: 0), outcome: .unknown, recordingFailure: nil)
        }
        return result
    }

    /// Requests a batch of links with one call. The outcomes of the call are in the order of the plans.
    ///
    /// - Throws: only if the orders cannot be recorded. In that case, the provider was not called.
    package func create(
        _ orders: [(plan: LinkPlan, expectations: [LinkExpectation])], _ call: ProviderCall<[BulkOutcome]>
    ) async throws -> [Requested] {
        try await create(orders) {
            try await client.send(call).map { outcome in
                switch outcome {
                case .created(let link): .created(link)
                case .failed(let message): .rejected(message)
                case .unknown: .unknown
                }
            }
        }
    }

    private func create(
        _ orders: [(plan: LinkPlan, expectations: [LinkExpectation])], _ send: () async throws -> [Outcome]
    ) async throws -> [Requested] {
        let ids = try await append(orders.map { .link(order($0, expecting: $1)) }).map(LinkID.init(rawValue:))
        var outcomes: [Outcome]
        do {
            outcomes = try await send()
        } catch {
            outcomes = ids.map { _ in .failed(error) }
        }
        let changes = zip(ids, outcomes).compactMap { id, outcome in
            change(outcome).map { JournalRecord.linkChange(LinkChangeRecord(link: id, change: $0)) }
        }
        var failure: (any Error)?
        do {
            _ = try await append(changes)
        } catch {
            failure = error
        }
        return zip(ids, outcomes).map { Requested(id: $0, outcome: $1, recordingFailure: failure) }
    }

    private func order(_ plan: LinkPlan, expecting expectations: [LinkExpectation]) -> LinkOrder {
        LinkOrder(
            provider: client.account.api.name, api: client.account.root.text + plan.apiPath, keys: plan.keys,
            expectations: expectations, externalInfo: plan.externalInfo, expiresAt: plan.expiresAt)
    }

    /// The change to record for an outcome; nil if it is unknown whether the link exists.
    private func change(_ outcome: Outcome) -> LinkChange? {
        switch outcome {
        case .created(let link): .created(keys: link.keys, expiresAt: link.expiresAt)
        case .rejected(let message): .failed(note: message)
        case .unknown: nil
        case .failed(let error):
            (error as? ProviderCallFailure)?.mayHaveBeenDone == false ? .failed(note: describe(error)) : nil
        }
    }
}
