import BodyCompression
import Deliveries
import Intake
import Providers
import Synchronization
import TestKit

/// A pipeline for tests. The test determines the outcomes of commits; the harness records responses and events.
final class IntakeHarness: Sendable {
    struct Receipt: JournalReceipt {
        let deliveryID: DeliveryID
    }

    typealias Finish = @Sendable (CommitOutcome<Receipt>) -> Void

    /// The outcome of a commit.
    enum Fate: Sendable {
        /// The delivery is durable. The IDs are consecutive, from 1.
        case durable
        case rejected(CommitRejection)
        /// The commit waits until the test calls `end`.
        case held
    }

    private struct Memory {
        var committed: [EncodedDelivery] = []
        var quarantined: [QuarantinedDelivery] = []
        var waiting: [Finish] = []
        var offloaded: [@Sendable () -> Void] = []
        var events: [IntakeEvent] = []
        var responses: [Response] = []
    }

    /// The state of the harness. It is a separate object, because the pipeline uses it before `self` is initialised.
    private final class Shared: Sendable {
        private let memory = Mutex(Memory())

        func withLock<Result: Sendable>(_ body: (inout Memory) -> Result) -> Result {
            memory.withLock { body(&$0) }
        }
    }

    private let fate: Fate
    private let memory: Shared
    let pipeline: IntakePipeline<Receipt>

    /// - Parameters:
    ///   - isSpaceShort: called before each redirect.
    ///   - known: the targets of redirects that name a known link.
    init(
        _ fate: Fate = .durable, sources: SourceTable = SampleSources.table, redirects: RateLimits = .redirects,
        quarantine: RateLimits = .quarantine, isSpaceShort: @escaping @Sendable () -> Bool = { false },
        known: Set<String> = []
    ) {
        let memory = Shared()
        self.fate = fate
        self.memory = memory
        self.pipeline = IntakePipeline(
            sources: { sources }, encode: DeliveryEncoder(compressor: ZlibCompressor()),
            commit: { Self.commit($0, $1, fate, memory) },
            quarantine: { delivery in
                memory.withLock { $0.quarantined.append(delivery) }
                return true
            },
            offload: { work in memory.withLock { $0.offloaded.append(work) } },
            observe: { event in memory.withLock { $0.events.append(event) } },
            redirectLimits: redirects, quarantineLimits: quarantine, isSpaceShort: isSpaceShort,
            isReferredTo: { _, target in known.contains(target.text) })
    }

    private static func commit(
        _ delivery: EncodedDelivery, _ finish: @escaping Finish, _ fate: Fate, _ memory: Shared
    ) {
        let number = memory.withLock { memory in
            memory.committed.append(delivery)
            if case .held = fate { memory.waiting.append(finish) }
            return memory.committed.count
        }
        switch fate {
        case .durable: finish(.durable(Receipt(deliveryID: DeliveryID(rawValue: Int64(number)))))
        case .rejected(let rejection): finish(.rejected(rejection))
        case .held: break
        }
    }

    /// Sends a request through the pipeline, which adds the response to `responses`. For a GET, also runs
    /// offloaded work, because redirects are always offloaded.
    func receive(_ request: InboundRequest) {
        receiveOnly(request)
        if request.method == "GET" { runOffloaded() }
    }

    /// Sends a request like `receive`, but does not run offloaded work.
    func receiveOnly(_ request: InboundRequest) {
        let respond: @Sendable (Response) -> Void = { [memory] response in
            memory.withLock { $0.responses.append(response) }
        }
        switch pipeline.admit(InboundHead(method: request.method, target: request.target)) {
        case .reject(let response): respond(response)
        case .read(_, let receive): receive(request, respond)
        }
    }

    var committed: [EncodedDelivery] {
        memory.withLock { $0.committed }
    }

    var quarantined: [QuarantinedDelivery] {
        memory.withLock { $0.quarantined }
    }

    var waitingCount: Int {
        memory.withLock { $0.waiting.count }
    }

    /// Ends the waiting commit with this index.
    func end(_ index: Int, _ outcome: CommitOutcome<Receipt>) {
        memory.withLock { $0.waiting[index] }(outcome)
    }

    var offloadedCount: Int {
        memory.withLock { $0.offloaded.count }
    }

    /// Runs the work that was offloaded.
    func runOffloaded() {
        let offloaded = memory.withLock { memory in
            defer { memory.offloaded = [] }
            return memory.offloaded
        }
        for work in offloaded { work() }
    }

    var events: [IntakeEvent] {
        memory.withLock { $0.events }
    }

    var responses: [Response] {
        memory.withLock { $0.responses }
    }
}

extension CommitOutcome<IntakeHarness.Receipt> {
    static func durable(_ number: Int64) -> Self {
        .durable(IntakeHarness.Receipt(deliveryID: DeliveryID(rawValue: number)))
    }
}

extension EncodedHead {
    /// The text of the stored head.
    func text() throws -> [UInt8] {
        try HeadCompression.decode(
            storedBytes, byteCountLimit: 16 << 20, dictionary: HeadCompression.dictionary)
    }

    func opened() throws -> RequestHead? {
        RequestHead(try text())
    }
}

extension IntakeEvent {
    /// The event as text, for comparisons.
    var summary: String {
        let source = source ?? "-"
        return switch outcome {
        case .archived(let arrival): "archived \(arrival.id) from \(source), \(arrival.verification)"
        case .handshake(let event): "greeted \(source) \(status): \(event)"
        case .rejected(let reason): "rejected \(source) \(status): \(reason)"
        case .unverified(let reason, let isQuarantined):
            "rejected \(source) \(status): \(reason)\(isQuarantined ? "" : ", not quarantined")"
        case .unknownPath: "unknown path"
        }
    }

    /// The arrival of an archived delivery; nil for other events.
    var arrival: Arrival? {
        guard case .archived(let arrival) = outcome else { return nil }
        return arrival
    }
}
