package import Deliveries

/// The reason why reports cannot be compared.
package enum AnalysisError: Error, Equatable {
    case archiveIsEmpty
    case noDelivery(DeliveryID)
    case noReport(DeliveryID, ordinal: Int)
    case noEarlierReport(label: String, DeliveryID)
    case notJSON(DeliveryID, reason: String)
}
