import Deliveries
import ReportArchive

/// Opens an archive after what it went through, without faults, and looks whether the promise was kept.
struct Examination {
    let workload: Workload

    /// Sent after the archive was opened again.
    private static let lastDelivery = TestDelivery(1_000_000, byteCount: 3000)

    /// What is wrong.
    ///
    /// - Parameter durable: by delivery, the numbers under which they have to be there.
    func violations(at location: ArchiveLocation, durable: [Int: DeliveryID]) -> [String] {
        var durable = durable
        do {
            let writer = try ArchiveWriter(location)
            let ledger = Ledger()
            let session = Session(writer: writer, ledger: ledger)
            session.catchUp()
            session.deliver([Self.lastDelivery])
            writer.close()
            durable.merge(ledger.durable) { old, _ in old }
            let reader = try ArchiveReader(location)
            return ledger.violations + (try read(reader, durable))
        } catch {
            return ["the archive does not open or read: \(error)"]
        }
    }

    private func read(_ reader: ArchiveReader, _ durable: [Int: DeliveryID]) throws -> [String] {
        let check = try reader.check()
        var violations = check.findings.map { "archive check: \($0)" }
        var found: [Int: DeliveryID] = [:]
        for number in 1...Int64(max(1, check.deliveryCount)) {
            guard let archived = try reader.delivery(DeliveryID(rawValue: number)) else {
                violations.append("number \(number) is empty")
                continue
            }
            guard let delivery = delivery(archived.uuid), delivery.equals(archived) else {
                violations.append("number \(number) is nothing that was sent")
                continue
            }
            if found.updateValue(archived.id, forKey: delivery.number) != nil {
                violations.append("delivery \(delivery.number) is there twice")
            }
        }
        for (delivery, id) in durable.sorted(by: { $0.key < $1.key }) where found[delivery] != id {
            let place = found[delivery].map { "under \($0)" } ?? "lost"
            violations.append("delivery \(delivery) was answered durable as \(id) and is \(place)")
        }
        if try reader.unprojectedCount() > 1 { violations.append("the projection did not catch up") }
        return violations
    }

    private func delivery(_ uuid: UUIDv7) -> TestDelivery? {
        uuid == Self.lastDelivery.uuid ? Self.lastDelivery : workload.deliveries[uuid]
    }
}
