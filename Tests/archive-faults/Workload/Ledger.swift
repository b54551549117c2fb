import Deliveries
import Foundation
import Journal
import Synchronization

/// The writer's responses to deliveries, and the violations of its guarantees.
final class Ledger: Sendable {
    enum Response: Sendable {
        case durable(DeliveryID)
        case rejected(CommitRejection)
    }

    private struct State {
        var responses: [Int: Response] = [:]
        var violations: [String] = []
        /// The number of faults at the time when an entry last became durable.
        var faultCountAtLastSuccess = 0
    }

    private let state = Mutex(State())
    /// The file to which acknowledgements are written immediately, so another process can read them after this process
    /// ends.
    private let descriptor: Int32?

    init(acknowledgementsAt path: String? = nil) {
        descriptor = path.map { Foundation.open($0, O_WRONLY | O_CREAT | O_APPEND, 0o600) }
    }

    deinit {
        if let descriptor { Foundation.close(descriptor) }
    }

    /// Reads the acknowledgements of a process that has ended.
    static func reading(_ path: String) -> Ledger {
        let ledger = Ledger()
        let text = (try? String(contentsOf: URL(filePath: path), encoding: .utf8)) ?? ""
        for line in text.split(separator: "\n") {
            let numbers = line.split(separator: " ").compactMap { Int64($0) }
            guard numbers.count == 2 else { continue }
            let id = DeliveryID(rawValue: numbers[1])
            ledger.state.withLock { $0.responses[Int(numbers[0])] = .durable(id) }
        }
        return ledger
    }

    /// Records a response. Returns false if the delivery already has an outcome.
    func note(_ outcome: CommitOutcome<Receipt>, to delivery: TestDelivery) -> Bool {
        let number = delivery.number
        let response: Response =
            switch outcome {
            case .durable(let receipt): .durable(receipt.deliveryID)
            case .rejected(let rejection): .rejected(rejection)
            }
        return state.withLock { state in
            guard state.responses[number] == nil else {
                state.violations.append("delivery \(number) got two responses")
                return false
            }
            state.responses[number] = response
            if case .durable(let id) = response { acknowledge(number, id, &state) }
            return true
        }
    }

    func noteViolation(_ text: String) {
        state.withLock { $0.violations.append(text) }
    }

    /// Records the position of a durable record. Records have negative numbers.
    func note(_ record: TestRecord, at position: Int64) {
        let id = DeliveryID(rawValue: position)
        state.withLock { state in
            state.responses[record.number] = .durable(id)
            acknowledge(record.number, id, &state)
        }
    }

    private func acknowledge(_ number: Int, _ id: DeliveryID, _ state: inout State) {
        state.faultCountAtLastSuccess = FaultInjector.shared.faultCount
        DiskRecorder.shared.acknowledge(number)
        guard let descriptor else { return }
        let line = Array("\(number) \(id)\n".utf8)
        _ = Foundation.write(descriptor, line, line.count)
    }

    /// True if a fault occurred after an entry last became durable. The writer may then reject deliveries until an
    /// entry becomes durable again.
    var isDisturbed: Bool {
        state.withLock { $0.faultCountAtLastSuccess < FaultInjector.shared.faultCount }
    }

    var violations: [String] {
        state.withLock { $0.violations }
    }

    func response(to number: Int) -> Response? {
        state.withLock { $0.responses[number] }
    }

    var rejectedCount: Int {
        state.withLock { state in
            state.responses.values.count { if case .rejected = $0 { true } else { false } }
        }
    }

    /// The positions of durable entries, by the number of the delivery or record.
    var durable: [Int: DeliveryID] {
        state.withLock { state in
            state.responses.compactMapValues { if case .durable(let id) = $0 { id } else { nil } }
        }
    }
}
