internal import Deliveries
internal import StrictJSON

extension ArchivedDelivery {
    /// The reports of a body that is an array: one per element, up to the limit of a delivery. If there are more
    /// elements, an `unrecognised` report contains the number of omitted elements.
    ///
    /// - Parameters:
    ///   - elements: the provider's name for the elements, in the plural.
    ///   - read: reads the element at a position, counted from 1.
    func reports(
        ofArray array: JSONValue, provider: String, elements: String,
        read: (JSONValue, _ place: Int, DeliveryBudget) -> ReportContent
    ) -> ParsedDelivery {
        let count = array.elements.reduce(0) { count, _ in count + 1 }
        guard count > 0 else { return unrecognised(provider: provider, problem: "the array is empty") }
        let budget = DeliveryBudget(reportCount: count)
        let limit = budget.limits.reportCount
        var reports: [ReportContent] = []
        reports.reserveCapacity(min(count, limit + 1))
        for element in array.elements.prefix(limit) { reports.append(read(element, reports.count + 1, budget)) }
        if count > limit {
            let problem =
                "the delivery has \(count) \(elements); \(count - limit) are left out, limit: \(limit) reports in a delivery"
            reports.append(
                ReportContent(
                    provider: provider, type: ReportContent.unrecognisedType, dedupeKey: "\(bodyKey):\(limit + 1)",
                    problem: problem))
        }
        return ParsedDelivery(reports: reports)
    }
}
