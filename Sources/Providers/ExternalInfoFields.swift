package import Deliveries
package import StrictJSON

/// The fields that an externalInfo gives to the reports that carry it, before any of them has come.
package enum ExternalInfoFields {
    /// Each leaf under `externalInfo.` and its path, as a report's own fields are named.
    package static func leaves(of value: JSONValue) -> [ReportField] {
        var collector = FieldCollector()
        collector.addExternalInfo(value)
        return collector.fields
    }
}
