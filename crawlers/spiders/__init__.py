"""The only place that knows Scrapy: carries out the readers' fetches, politely and safely."""
