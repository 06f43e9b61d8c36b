const API_TOKEN: &str = "4aQ2jL6¦a38MEZ4¦oEe8yqU¦PMh8RtL¦Cafs8KK¦63KlZ";
